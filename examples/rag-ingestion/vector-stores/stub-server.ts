import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A real HTTP server with just enough of Pinecone's and Qdrant's protocols for a test to store and
 * search, and with their habit of being busy now and then.
 */
export interface StubVectorDatabase {
  url: string;
  /** The next requests get a 429 with this many seconds of `Retry-After`. */
  beBusy(times: number, retryAfter?: number): void;
  close(): Promise<void>;
}

interface StoredPoint {
  id: string | number;
  vector: number[];
  payload: unknown;
}

type Answer = [status: number, body: unknown];

export async function startStubVectorDatabase(apiKey: string): Promise<StubVectorDatabase> {
  const collections = new Map<string, Map<string | number, StoredPoint>>();
  let busy = { times: 0, retryAfter: 1 };

  function route(method: string, path: string, body: Record<string, never>): Answer {
    const [, collection = "", action] = /^\/collections\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    switch (`${method} ${action ?? (collection ? "/" : path)}`) {
      case "POST /vectors/upsert": {
        const { vectors, namespace } = body as unknown as PineconeUpsert;
        for (const { id, values, metadata } of vectors) {
          pointsOf(namespace).set(id, { id, vector: values, payload: metadata });
        }
        return [200, { upsertedCount: vectors.length }];
      }
      case "POST /query": {
        const { vector, topK, namespace } = body as unknown as PineconeQuery;
        const matches = nearest(pointsOf(namespace), vector, topK).map(({ point, score }) => ({
          id: point.id,
          score,
          metadata: point.payload,
        }));
        return [200, { matches, namespace, usage: { readUnits: 1 } }];
      }
      case "POST /describe_index_stats": {
        const namespaces = [...collections].map(([name, points]) => [name, { vectorCount: points.size }]);
        return [200, { namespaces: Object.fromEntries(namespaces) as unknown }];
      }
      case "PUT /": {
        if (collections.has(collection)) {
          return [409, { status: { error: `Collection \`${collection}\` already exists!` } }];
        }
        collections.set(collection, new Map());
        return [200, { result: true, status: "ok" }];
      }
      case "PUT /points": {
        const { points } = body as unknown as { points: StoredPoint[] };
        const wrong = points.find(({ id }) => typeof id !== "number" && !/^[\da-f-]{36}$/.test(id));
        if (wrong) return [400, { status: { error: `value ${wrong.id} is not a valid point ID` } }];
        for (const point of points) pointsOf(collection).set(point.id, point);
        return [200, { result: { status: "completed" }, status: "ok" }];
      }
      case "POST /points/query": {
        const { query, limit } = body as unknown as { query: number[]; limit: number };
        const points = nearest(pointsOf(collection), query, limit).map(({ point, score }) => ({
          id: point.id,
          score,
          payload: point.payload,
        }));
        return [200, { result: { points }, status: "ok" }];
      }
      case "POST /points/count":
        return [200, { result: { count: pointsOf(collection).size }, status: "ok" }];
      default:
        return [404, { message: `no route ${method} ${path}` }];
    }
  }

  function pointsOf(collection: string): Map<string | number, StoredPoint> {
    const points = collections.get(collection) ?? new Map<string | number, StoredPoint>();
    collections.set(collection, points);
    return points;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part as string;
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (request.headers["api-key"] !== apiKey) {
      send(response, [401, { message: "wrong API key" }]);
    } else if (busy.times > 0) {
      busy.times -= 1;
      response.setHeader("retry-after", String(busy.retryAfter));
      send(response, [429, { message: "too many requests" }]);
    } else {
      send(response, route(request.method ?? "", path, JSON.parse(text) as Record<string, never>));
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    beBusy: (times, retryAfter = 1) => {
      busy = { times, retryAfter };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface PineconeUpsert {
  vectors: { id: string; values: number[]; metadata: unknown }[];
  namespace: string;
}

interface PineconeQuery {
  vector: number[];
  topK: number;
  namespace: string;
}

function nearest(
  points: Map<string | number, StoredPoint>,
  vector: readonly number[],
  limit: number,
): { point: StoredPoint; score: number }[] {
  return [...points.values()]
    .map((point) => ({ point, score: cosine(point.vector, vector) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

function send(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
