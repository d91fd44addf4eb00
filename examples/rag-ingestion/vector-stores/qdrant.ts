import { createHash } from "node:crypto";

import { HttpError, type JsonRequest, requestJson } from "../http.ts";
import type { VectorStore } from "../vector-store.ts";

interface QueryAnswer {
  result: { points: { score: number; payload: { id: string; text: string; source: string } }[] };
}

export interface QdrantOptions {
  url: string;
  apiKey?: string | undefined;
}

/** Qdrant over HTTP; an index is a collection. */
export function qdrant({ url, apiKey }: QdrantOptions): VectorStore {
  const base = url.replace(/\/$/, "");
  const call = <T>(method: JsonRequest["method"], path: string, body: unknown): Promise<T> =>
    requestJson<T>(`${base}/collections/${path}`, {
      ...(method ? { method } : {}),
      headers: apiKey ? { "api-key": apiKey } : {},
      body,
    });

  async function createCollection(index: string, size: number): Promise<void> {
    try {
      await call("PUT", index, { vectors: { size, distance: "Cosine" } });
    } catch (error) {
      // Another batch was quicker, or it was there from the run before.
      if (!(error instanceof HttpError && error.status === 409)) throw error;
    }
  }

  return {
    name: `Qdrant, ${base}`,

    upsert: async (index, points) => {
      const [first] = points;
      if (!first) return;
      await createCollection(index, first.vector.length);
      const body = {
        points: points.map(({ id, vector, text, source }) => ({
          id: uuidOf(id),
          vector: [...vector],
          payload: { id, text, source },
        })),
      };
      await call("PUT", `${index}/points?wait=true`, body);
    },

    search: async (index, vector, limit) => {
      const body = { query: [...vector], limit, with_payload: true };
      const { result } = await call<QueryAnswer>("POST", `${index}/points/query`, body);
      return result.points.map(({ score, payload }) => ({ ...payload, score }));
    },

    count: async (index) => {
      const { result } = await call<{ result: { count: number } }>("POST", `${index}/points/count`, {
        exact: true,
      });
      return result.count;
    },
  };
}

/** Qdrant takes numbers and UUIDs only; this one is always the same for the same id. */
function uuidOf(id: string): string {
  const hex = createHash("sha256").update(id).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
