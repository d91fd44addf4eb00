import { logCall } from "./call-log.ts";
import { localEmbedder } from "./embeddings/local.ts";
import { openAiEmbedder } from "./embeddings/openai.ts";

export interface Embedder {
  readonly dimensions: number;
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}

export const MODELS = ["universal-sentence-encoder-lite", "text-embedding-3-small"] as const;
export type ModelName = (typeof MODELS)[number];

/** The model to use when nobody says: OpenAI's if there is a key for it, otherwise the one on this machine. */
export function defaultModel(): ModelName {
  return process.env.OPENAI_API_KEY ? "text-embedding-3-small" : "universal-sentence-encoder-lite";
}

/**
 * Flows pass the model's name, not the model: a name is recorded with the run, so a run that is
 * resumed tomorrow goes on with the same one, and a name is part of what a cached result was made from.
 */
export function embedderOf(model: ModelName): Embedder {
  const embedder = model === "text-embedding-3-small" ? openAiEmbedder(model) : localEmbedder();
  return {
    ...embedder,
    embed: (texts, signal) => {
      logCall("embed", texts[0] ?? "");
      return embedder.embed(texts, signal);
    },
  };
}
