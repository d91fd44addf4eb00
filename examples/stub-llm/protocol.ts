import type { ServerResponse } from "node:http";

/** What both vendors' protocols are made of here: requests come in parsed, answers go out as JSON or SSE. */
export interface Exchange {
  body: Record<string, unknown>;
  response: ServerResponse;
}

export interface Failure {
  status: number;
  kind: "authentication" | "invalid" | "rate-limit" | "server" | "not-found";
  message: string;
  headers?: Record<string, string>;
}

/** The body that a vendor's clients expect of a failure. */
export type FailureBody = (failure: Failure) => unknown;

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}

/** Sends server-sent events; a named event carries an `event:` line, as Anthropic's do. */
export function sendEvents(
  response: ServerResponse,
  events: Iterable<{ event?: string; data: unknown }>,
): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const { event, data } of events) {
    const name = event === undefined ? "" : `event: ${event}\n`;
    response.write(`${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}

export interface Message {
  role: string;
  text: string;
}

/** The messages of a request, whether `content` is text or a list of parts; undefined if there are none. */
export function readMessages(body: Record<string, unknown>): Message[] | undefined {
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  return messages.map((message: unknown) => {
    const { role, content } = message as { role?: unknown; content?: unknown };
    return { role: String(role), text: readText(content) };
  });
}

export function readText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("\n");
}

/** A reply in the pieces that a stream would deliver. */
export function piecesOf(reply: string): string[] {
  return reply.match(/\S+\s*/g) ?? [reply];
}
