import type { Exchange, Failure } from "./protocol.ts";
import { piecesOf, readMessages, readText, sendEvents, sendJson } from "./protocol.ts";
import { countTokens, replyTo } from "./replies.ts";

const ERROR_TYPES: Record<Failure["kind"], string> = {
  authentication: "authentication_error",
  invalid: "invalid_request_error",
  "rate-limit": "rate_limit_error",
  server: "api_error",
  "not-found": "not_found_error",
};

export function anthropicFailure({ kind, message }: Failure): unknown {
  return { type: "error", error: { type: ERROR_TYPES[kind], message } };
}

/** `POST /v1/messages`, whole or streamed. */
export function messages({ body, response }: Exchange, id: string): Failure | undefined {
  const turns = readMessages(body);
  if (!turns) return { status: 400, kind: "invalid", message: "messages: Field required" };
  if (typeof body.max_tokens !== "number") {
    return { status: 400, kind: "invalid", message: "max_tokens: Field required" };
  }
  const prompt = [readText(body.system), ...turns.map((turn) => turn.text)].filter(Boolean).join("\n");
  const reply = replyTo(prompt);
  const usage = { input_tokens: countTokens(prompt), output_tokens: countTokens(reply) };
  const message = {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model: body.model,
    stop_sequence: null,
  };

  if (body.stream !== true) {
    const content = [{ type: "text", text: reply }];
    sendJson(response, 200, { ...message, content, stop_reason: "end_turn", usage });
    return undefined;
  }
  const started = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  sendEvents(response, [
    event("message_start", { message: started }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("ping", {}),
    ...piecesOf(reply).map((text) =>
      event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    ),
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    }),
    event("message_stop", {}),
  ]);
  return undefined;
}

function event(type: string, fields: object): { event: string; data: unknown } {
  return { event: type, data: { type, ...fields } };
}
