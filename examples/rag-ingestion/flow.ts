import {
  concurrency,
  createMarkdownArtifact,
  exponential,
  flow,
  getRunContext,
  getRunLogger,
  INPUTS,
  task,
  unmapped,
} from "segno";
import { z } from "zod";

import { type Chunk, chunksOf, inBatches } from "./chunking.ts";
import { type Document, readDocument } from "./documents.ts";
import { defaultModel, embedderOf, MODELS, type ModelName } from "./embeddings.ts";
import { isTransient } from "./http.ts";
import { vectorStore } from "./vector-store.ts";

const loadDocument = task(
  {
    name: "load-document",
    retries: 3,
    retryDelay: ["10s", "30s", "60s"],
    cachePolicy: INPUTS,
    cacheExpiration: "24h",
  },
  async (path: string) => {
    const document = await readDocument(path);
    getRunLogger().info(`loaded ${document.name}: ${document.text.length} characters`);
    return document;
  },
);

const chunkDocument = task(
  { name: "chunk-document", cachePolicy: INPUTS, cacheExpiration: "7d" },
  async (document: Document, size: number, overlap: number) => chunksOf(document, { size, overlap }),
);

export interface EmbeddedChunk extends Chunk {
  vector: Float32Array;
}

const embedChunks = task(
  {
    name: "embed-chunks",
    retries: 5,
    retryDelay: exponential({ from: "2s", factor: 2, max: "60s", jitter: 0.5 }),
    retryIf: isTransient,
    // The model's name is an argument, so another model's vectors are never taken from the cache.
    cachePolicy: INPUTS,
    cacheExpiration: "30d",
    tags: ["embeddings"],
  },
  async (chunks: Chunk[], model: ModelName): Promise<EmbeddedChunk[]> => {
    const texts = chunks.map((chunk) => chunk.text);
    // One limit for every process on this store: ten flows together stay below what the API allows.
    const vectors = await concurrency("embeddings", { occupy: 1 }, () =>
      embedderOf(model).embed(texts, getRunContext().signal),
    );
    return chunks.map((chunk, i) => ({ ...chunk, vector: vectors[i] ?? new Float32Array() }));
  },
);

const upsertChunks = task(
  { name: "upsert-chunks", retries: 3, retryDelay: ["5s", "15s", "30s"], retryIf: isTransient },
  async (chunks: EmbeddedChunk[], index: string) => {
    await vectorStore().upsert(index, chunks);
    return chunks.length;
  },
);

/** Loads documents, cuts them into chunks, embeds the chunks in batches and stores the vectors. */
export const ingest = flow(
  {
    name: "document-ingestion",
    input: z.object({
      paths: z.array(z.string()).min(1),
      index: z.string(),
      chunkSize: z.number().int().min(64).default(512),
      overlap: z.number().int().min(0).default(64),
      batchSize: z.number().int().min(1).default(16),
      model: z.enum(MODELS).default(defaultModel),
    }),
  },
  async ({ paths, index, chunkSize, overlap, batchSize, model }) => {
    const documents = await loadDocument.map(paths);
    const chunks = (await chunkDocument.map(documents, unmapped(chunkSize), unmapped(overlap))).flat();
    getRunLogger().info(`${documents.length} documents, ${chunks.length} chunks`);

    // Futures: each batch is stored as soon as it is embedded, while others still wait for their turn.
    const embedded = inBatches(chunks, batchSize).map((batch) => embedChunks.submit(batch, model));
    const stored = await Promise.all(embedded.map((batch) => upsertChunks(batch, index)));

    const vectors = stored.reduce((sum, count) => sum + count, 0);
    await createMarkdownArtifact({
      key: "ingestion",
      markdown: `**${vectors}** vectors of ${documents.length} documents in \`${index}\` (${model})`,
    });
    return { documents: documents.length, chunks: chunks.length, vectors };
  },
);
