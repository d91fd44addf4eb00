import type { Exchange, Failure } from "./protocol.ts";
import { piecesOf, readMessages, sendEvents, sendJson } from "./protocol.ts";
import { countTokens, embed, replyTo } from "./replies.ts";

const EMBEDDING_DIMENSIONS = 512;

const ERROR_TYPES: Record<Failure["kind"], string> = {
  authentication: "invalid_request_error",
  invalid: "invalid_request_error",
  "rate-limit": "requests",
  server: "server_error",
  "not-found": "invalid_request_error",
};

export function openAiFailure({ kind, message }: Failure): unknown {
  const code = kind === "rate-limit" ? "rate_limit_exceeded" : null;
  return { error: { message, type: ERROR_TYPES[kind], param: null, code } };
}

/** `POST /v1/chat/completions`, whole or streamed. */
export function chatCompletions({ body, response }: Exchange, id: string): Failure | undefined {
  const messages = readMessages(body);
  if (!messages) return { status: 400, kind: "invalid", message: "'messages' must be a non-empty array" };
  const prompt = messages.map((message) => message.text).join("\n");
  const reply = replyTo(prompt);
  const promptTokens = countTokens(prompt);
  const replyTokens = countTokens(reply);
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: replyTokens,
    total_tokens: promptTokens + replyTokens,
  };
  const base = { id: `chatcmpl-${id}`, created: 1767225600, model: body.model };

  if (body.stream !== true) {
    const choice = { index: 0, message: { role: "assistant", content: reply }, finish_reason: "stop" };
    sendJson(response, 200, { ...base, object: "chat.completion", choices: [choice], usage });
    return undefined;
  }
  const includeUsage =
    (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;
  const chunk = (delta: object, finish: string | null = null): { data: unknown } => ({
    data: {
      ...base,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : {}),
    },
  });
  sendEvents(response, [
    chunk({ role: "assistant", content: "" }),
    ...piecesOf(reply).map((content) => chunk({ content })),
    chunk({}, "stop"),
    ...(includeUsage ? [{ data: { ...base, object: "chat.completion.chunk", choices: [], usage } }] : []),
    { data: "[DONE]" },
  ]);
  return undefined;
}

/** `POST /v1/embeddings`; `base64` is what the official client asks for unless told otherwise. */
export function embeddings({ body, response }: Exchange): Failure | undefined {
  const input = typeof body.input === "string" ? [body.input] : body.input;
  if (!Array.isArray(input) || input.length === 0) {
    return { status: 400, kind: "invalid", message: "'input' must be a string or a non-empty array" };
  }
  const texts = input.map(String);
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : EMBEDDING_DIMENSIONS;
  const data = texts.map((text, index) => {
    const vector = embed(text, dimensions);
    const embedding =
      body.encoding_format === "base64"
        ? Buffer.from(Float32Array.from(vector).buffer).toString("base64")
        : vector;
    return { object: "embedding", index, embedding };
  });
  const tokens = countTokens(texts.join(""));
  sendJson(response, 200, {
    object: "list",
    data,
    model: body.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
  return undefined;
}
