import type { Embedder } from "../embeddings.ts";
import { requestJson } from "../http.ts";

interface EmbeddingsAnswer {
  data: { index: number; embedding: number[] }[];
}

/** OpenAI, or whatever speaks its protocol at `OPENAI_BASE_URL`. */
export function openAiEmbedder(model: string): Embedder {
  const dimensions = 512;
  return {
    dimensions,
    embed: async (texts, signal) => {
      const { OPENAI_API_KEY, OPENAI_BASE_URL = "https://api.openai.com/v1" } = process.env;
      const { data } = await requestJson<EmbeddingsAnswer>(`${OPENAI_BASE_URL}/embeddings`, {
        headers: { authorization: `Bearer ${OPENAI_API_KEY}` },
        body: { model, input: texts, dimensions },
        signal,
      });
      return data.sort((a, b) => a.index - b.index).map((item) => Float32Array.from(item.embedding));
    },
  };
}
