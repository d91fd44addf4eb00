import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { anthropicFailure, messages } from "./anthropic.ts";
import { type FaultOf, type FaultRates, randomFaults } from "./faults.ts";
import { chatCompletions, embeddings, openAiFailure } from "./openai.ts";
import { type Exchange, type Failure, type FailureBody, sendJson } from "./protocol.ts";

export interface StubLlmOptions extends Partial<FaultRates> {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Milliseconds that every answer takes. */
  latency?: number;
  /** Which requests fail, instead of random ones. */
  faults?: FaultOf;
  /** Seconds in the `Retry-After` of a 429. */
  retryAfter?: number;
}

export interface StubLlm {
  /** `baseURL` of an OpenAI client is this and `/v1`; Anthropic's client takes it as it is. */
  url: string;
  /** Requests by status code, for a test to look at. */
  answers: Map<number, number>;
  /** The most requests that were under way at one moment. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

type Route = (exchange: Exchange, id: string) => Failure | undefined;

const ROUTES: Record<string, Route> = {
  "POST /v1/chat/completions": chatCompletions,
  "POST /v1/embeddings": embeddings,
  "POST /v1/messages": messages,
};

/**
 * A server that speaks the protocols of OpenAI and Anthropic over real HTTP, answers without a model
 * and without a bill, and fails as often as it is asked to.
 *
 * @example
 * const llm = await startStubLlm({ errorRate: 0.1, rateLimitRate: 0.1 });
 * const client = new OpenAI({ apiKey: "any", baseURL: `${llm.url}/v1`, maxRetries: 0 });
 */
export async function startStubLlm(options: StubLlmOptions = {}): Promise<StubLlm> {
  const { port = 0, latency = 0, retryAfter = 1, errorRate = 0, rateLimitRate = 0, seed = 1 } = options;
  const { faults = randomFaults({ errorRate, rateLimitRate, seed }) } = options;
  const seen = new Map<string, number>();
  const answers = new Map<number, number>();
  let nextId = 0;
  let underWay = 0;
  let mostAtOnce = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const failureBody: FailureBody = request.url?.startsWith("/v1/messages")
      ? anthropicFailure
      : openAiFailure;
    const fail = (failure: Failure): void => {
      sendJson(response, failure.status, failureBody(failure), failure.headers);
    };
    const text = await readBody(request);
    if (latency > 0) await delay(latency);

    const route = ROUTES[`${request.method} ${request.url?.split("?")[0]}`];
    if (!route) {
      return fail({ status: 404, kind: "not-found", message: `no route ${request.method} ${request.url}` });
    }
    if (!request.headers.authorization && !request.headers["x-api-key"]) {
      return fail({ status: 401, kind: "authentication", message: "no API key was given" });
    }
    const body = parseObject(text);
    if (!body) return fail({ status: 400, kind: "invalid", message: "the body is not a JSON object" });

    const nth = (seen.get(text) ?? 0) + 1;
    seen.set(text, nth);
    const fault = faults(text, nth);
    if (fault === "rate-limit") {
      const headers = { "retry-after": String(retryAfter) };
      return fail({ status: 429, kind: "rate-limit", message: "rate limit reached", headers });
    }
    if (fault === "server-error") {
      return fail({ status: 500, kind: "server", message: "the server had an error, try again" });
    }
    nextId += 1;
    const failure = route({ body, response }, `stub-${nextId}`);
    if (failure) fail(failure);
  }

  const server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++underWay);
    response.on("close", () => underWay--);
    response.on("finish", () =>
      answers.set(response.statusCode, (answers.get(response.statusCode) ?? 0) + 1),
    );
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    mostAtOnce: () => mostAtOnce,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Clients keep connections open; without this `close` would wait for them.
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
