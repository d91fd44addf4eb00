import { join } from "node:path";

import { pinecone } from "./vector-stores/pinecone.ts";
import { qdrant } from "./vector-stores/qdrant.ts";
import { sqliteVec } from "./vector-stores/sqlite-vec.ts";

export interface Point {
  id: string;
  vector: Float32Array;
  text: string;
  source: string;
}

export interface Match {
  id: string;
  text: string;
  source: string;
  /** Cosine similarity; 1 is the same direction. */
  score: number;
}

export interface VectorStore {
  /** For people: what it is and where. */
  readonly name: string;
  /** Stores points; a point that is there already is replaced, so doing it twice is harmless. */
  upsert(index: string, points: readonly Point[]): Promise<void>;
  /** The nearest points, nearest first. */
  search(index: string, vector: Float32Array, limit: number): Promise<Match[]>;
  count(index: string): Promise<number>;
}

/** Pinecone or Qdrant if the environment says so, otherwise a file. */
export function vectorStore(): VectorStore {
  const { PINECONE_API_KEY, PINECONE_INDEX_HOST, QDRANT_URL, QDRANT_API_KEY } = process.env;
  if (PINECONE_API_KEY) {
    if (!PINECONE_INDEX_HOST) {
      throw new Error("PINECONE_API_KEY is set; set PINECONE_INDEX_HOST too (the index's page shows it)");
    }
    return pinecone({ apiKey: PINECONE_API_KEY, host: PINECONE_INDEX_HOST });
  }
  if (QDRANT_URL) return qdrant({ url: QDRANT_URL, apiKey: QDRANT_API_KEY });
  // Beside the runs, so that a run which is resumed from elsewhere goes on in the same file.
  return sqliteVec(process.env.RAG_INDEX_FILE ?? join(process.env.SEGNO_HOME ?? "", "vectors.db"));
}
