import Anthropic, { InternalServerError } from "@anthropic-ai/sdk";
import OpenAI, { RateLimitError } from "openai";
import { afterEach, describe, expect, it } from "vitest";

import { startStubLlm, type StubLlm, type StubLlmOptions } from "./server.ts";

// The vendors' own clients are the judge of whether the stub speaks their protocol.
let llm: StubLlm;
afterEach(() => llm.close());

async function openAi(options?: StubLlmOptions): Promise<OpenAI> {
  llm = await startStubLlm(options);
  return new OpenAI({ apiKey: "any", baseURL: `${llm.url}/v1`, maxRetries: 0 });
}

async function anthropic(options?: StubLlmOptions): Promise<Anthropic> {
  llm = await startStubLlm(options);
  return new Anthropic({ apiKey: "any", baseURL: llm.url, maxRetries: 0 });
}

/** The status of each of forty texts sent at once. */
async function statuses(seed: number): Promise<number[]> {
  llm = await startStubLlm({ seed, errorRate: 0.2, rateLimitRate: 0.2 });
  const send = async (text: string): Promise<number> => {
    const response = await fetch(`${llm.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: text }] }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  return Promise.all(Array.from({ length: 40 }, (_, i) => send(`text ${i}`)));
}

function similarity(a: number[] = [], b: number[] = []): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

const question = [
  { role: "system" as const, content: "Classify the text as one of: economy, space." },
  { role: "user" as const, content: "We choose to go to the moon." },
];

describe("OpenAI", () => {
  it("answers a chat with usage", async () => {
    const client = await openAi();
    const answer = await client.chat.completions.create({ model: "gpt-4o-mini", messages: question });
    expect(answer.choices[0]?.message.content).toBe("space");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
  });

  it("streams the same answer in pieces, usage last when it is asked for", async () => {
    const client = await openAi();
    const messages = [{ role: "user" as const, content: "Summarise.\nThe union is strong. And more." }];
    const whole = await client.chat.completions.create({ model: "m", messages });
    const stream = await client.chat.completions.create({
      model: "m",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    let tokens = 0;
    for await (const chunk of stream) {
      pieces.push(chunk.choices[0]?.delta.content ?? "");
      tokens = chunk.usage?.total_tokens ?? tokens;
    }
    expect(pieces.join("")).toBe("In short: The union is strong.");
    expect(pieces.join("")).toBe(whole.choices[0]?.message.content);
    expect(pieces.filter(Boolean).length).toBeGreaterThan(3);
    expect(tokens).toBe(whole.usage?.total_tokens);
  });

  it("embeds texts so that the one that shares words is the nearer", async () => {
    const client = await openAi();
    const { data } = await client.embeddings.create({
      model: "text-embedding-3-small",
      input: ["the moon and the stars", "a rocket to the moon", "taxes on farm income"],
      dimensions: 64,
    });
    const [moon, rocket, taxes] = data.map((item) => item.embedding);
    expect(moon).toHaveLength(64);
    expect(similarity(moon, rocket)).toBeGreaterThan(similarity(moon, taxes));
  });

  it("fails as a rate limit does, with Retry-After", async () => {
    const client = await openAi({ rateLimitRate: 1, retryAfter: 7 });
    const error: unknown = await client.chat.completions
      .create({ model: "m", messages: question })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RateLimitError);
    expect((error as RateLimitError).headers.get("retry-after")).toBe("7");
  });

  it("refuses what the real one refuses", async () => {
    const client = await openAi();
    await expect(client.chat.completions.create({ model: "m", messages: [] })).rejects.toThrow(
      /400.*messages/,
    );
    const noKey = await fetch(`${llm.url}/v1/chat/completions`, { method: "POST", body: "{}" });
    expect(noKey.status).toBe(401);
    const nowhere = await fetch(`${llm.url}/v1/nowhere`, { method: "POST" });
    expect(nowhere.status).toBe(404);
  });
});

describe("Anthropic", () => {
  const request = {
    model: "claude-opus-4-6",
    max_tokens: 100,
    messages: [{ role: "user" as const, content: "Summarise.\nThe union is strong. And more." }],
  };

  it("answers a message with usage", async () => {
    const client = await anthropic();
    const answer = await client.messages.create(request);
    expect(answer.content).toEqual([{ type: "text", text: "In short: The union is strong." }]);
    expect(answer.usage.output_tokens).toBeGreaterThan(0);
  });

  it("streams the same message", async () => {
    const client = await anthropic();
    const final = await client.messages.stream(request).finalMessage();
    expect(final.content).toMatchObject([{ type: "text", text: "In short: The union is strong." }]);
    expect(final.stop_reason).toBe("end_turn");
  });

  it("fails as an overloaded server does", async () => {
    const client = await anthropic({ errorRate: 1 });
    await expect(client.messages.create(request)).rejects.toThrow(InternalServerError);
    expect(llm.answers).toEqual(new Map([[500, 1]]));
  });
});

describe("faults", () => {
  it("are the same for the same seed, whatever the order of arrival", async () => {
    const first = await statuses(1);
    await llm.close();
    const second = await statuses(1);
    await llm.close();
    const other = await statuses(2);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 429, 500]));
  });
});
