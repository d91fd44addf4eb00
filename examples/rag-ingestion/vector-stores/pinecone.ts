import { requestJson } from "../http.ts";
import type { VectorStore } from "../vector-store.ts";

interface QueryAnswer {
  matches: { id: string; score: number; metadata: { text: string; source: string } }[];
}

/** A serverless Pinecone index at its own host; our index is a namespace in it. */
export function pinecone({ apiKey, host }: { apiKey: string; host: string }): VectorStore {
  const base = host.includes("://") ? host : `https://${host}`;
  const call = <T>(path: string, body: unknown): Promise<T> =>
    requestJson<T>(`${base}${path}`, {
      headers: { "api-key": apiKey, "x-pinecone-api-version": "2025-04" },
      body,
    });
  return {
    name: `Pinecone, ${base}`,

    upsert: async (namespace, points) => {
      const vectors = points.map(({ id, vector, text, source }) => ({
        id,
        values: [...vector],
        metadata: { text, source },
      }));
      await call("/vectors/upsert", { vectors, namespace });
    },

    search: async (namespace, vector, limit) => {
      const body = { vector: [...vector], topK: limit, includeMetadata: true, namespace };
      const { matches } = await call<QueryAnswer>("/query", body);
      return matches.map(({ id, score, metadata }) => ({ id, score, ...metadata }));
    },

    count: async (namespace) => {
      const stats = await call<{ namespaces?: Record<string, { vectorCount: number }> }>(
        "/describe_index_stats",
        {},
      );
      return stats.namespaces?.[namespace]?.vectorCount ?? 0;
    },
  };
}
