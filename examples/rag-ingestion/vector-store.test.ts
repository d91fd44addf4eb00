import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Point, type VectorStore, vectorStore } from "./vector-store.ts";
import { type StubVectorDatabase, startStubVectorDatabase } from "./vector-stores/stub-server.ts";

const folder = mkdtempSync(join(tmpdir(), "vectors-"));
let server: StubVectorDatabase;

beforeAll(async () => {
  server = await startStubVectorDatabase("secret");
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const STORES: Record<string, () => Record<string, string>> = {
  "a file": () => ({ RAG_INDEX_FILE: join(folder, "vectors.db") }),
  Pinecone: () => ({ PINECONE_API_KEY: "secret", PINECONE_INDEX_HOST: server.url }),
  Qdrant: () => ({ QDRANT_URL: server.url, QDRANT_API_KEY: "secret" }),
};

function storeOf(environment: Record<string, string>): VectorStore {
  for (const name of ["PINECONE_API_KEY", "QDRANT_URL"]) vi.stubEnv(name, "");
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return vectorStore();
}

function point(id: string, ...vector: number[]): Point {
  return { id, vector: Float32Array.from(vector), text: `text of ${id}`, source: "a" };
}

describe.each(Object.keys(STORES))("the vectors in %s", (name) => {
  const store = (): VectorStore => storeOf(STORES[name]?.() ?? {});
  const index = `my-${name.replace(" ", "-")}`;

  it("are found by direction, nearest first, with text and source", async () => {
    await store().upsert(index, [point("east", 1, 0, 0), point("north", 0, 1, 0)]);
    await store().upsert(index, [point("north-east", 0.6, 0.8, 0)]);
    const matches = await store().search(index, Float32Array.from([0, 1, 0]), 2);
    expect(matches.map((match) => match.id)).toEqual(["north", "north-east"]);
    expect(matches[1]).toMatchObject({ text: "text of north-east", source: "a" });
    expect(matches[1]?.score).toBeCloseTo(0.8, 5);
  });

  it("are replaced, not doubled, when they are stored again", async () => {
    await store().upsert(index, [point("east", 0, 0, 1)]);
    expect(await store().count(index)).toBe(3);
    const [first] = await store().search(index, Float32Array.from([0, 0, 1]), 1);
    expect(first?.id).toBe("east");
  });

  it("may be none", async () => {
    await store().upsert(index, []);
    expect(await store().count(index)).toBe(3);
  });
});

it("asks for the host that Pinecone's key needs", () => {
  expect(() => storeOf({ PINECONE_API_KEY: "secret", PINECONE_INDEX_HOST: "" })).toThrow(
    /PINECONE_INDEX_HOST/,
  );
});
