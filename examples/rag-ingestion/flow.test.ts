import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeSegno, setConcurrencyLimit } from "segno";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { newestRun } from "../../test/support/newest-run.ts";
import { startStubLlm, type StubLlm } from "../stub-llm/server.ts";
import { ingest } from "./flow.ts";
import { answer } from "./questions.ts";
import { vectorStore } from "./vector-store.ts";
import { type StubVectorDatabase, startStubVectorDatabase } from "./vector-stores/stub-server.ts";

let folder: string;
let paths: string[];

let tests = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rag-"));
  // Other texts for each test: the same ones would come from the cache.
  tests += 1;
  const documents = {
    "space.txt": "We choose to go to the moon in this decade. The rocket will carry three men into orbit.",
    "money.txt": "The budget must be balanced. Taxes on small farms and on wages will be lower next year.",
  };
  paths = Object.entries(documents).map(([name, text]) => {
    const sentences = Array.from({ length: 8 }, (_, i) => `${text} This is sentence ${i} of ${tests}.`);
    writeFileSync(join(folder, name), sentences.join(" "));
    return join(folder, name);
  });
  for (const name of ["OPENAI_API_KEY", "PINECONE_API_KEY", "QDRANT_URL"]) vi.stubEnv(name, "");
  vi.stubEnv("RAG_INDEX_FILE", join(folder, "vectors.db"));
});
afterEach(async () => {
  await closeSegno();
  rmSync(folder, { recursive: true });
});

/** Names and states of the newest ingestion's task runs. */
async function statesOf(taskKey: string): Promise<string[]> {
  const { tasks } = await newestRun("document-ingestion");
  return tasks.filter((task) => task.taskKey === taskKey).map((task) => task.stateName);
}

describe("on this machine", () => {
  it("stores every chunk, answers from the right document, and takes the next run from the cache", async () => {
    const input = { paths, index: "docs", chunkSize: 200, overlap: 20, batchSize: 4 };
    const first = await ingest(input);
    expect(first.documents).toBe(2);
    expect(first.vectors).toBe(first.chunks);
    expect(await vectorStore().count("docs")).toBe(first.chunks);
    expect(new Set(await statesOf("embed-chunks"))).toEqual(new Set(["Completed"]));

    const [moon, taxes] = await answer({
      questions: ["Who flies to the moon?", "What will happen to taxes?"],
      index: "docs",
    });
    expect(moon?.passages.map((passage) => passage.source)).toEqual(["space", "space"]);
    expect(taxes?.passages.map((passage) => passage.source)).toEqual(["money", "money"]);

    expect(await ingest(input)).toEqual(first);
    for (const task of ["load-document", "chunk-document", "embed-chunks"]) {
      expect(new Set(await statesOf(task))).toEqual(new Set(["Cached"]));
    }
    // The same ids: stored again, not stored twice.
    expect(await vectorStore().count("docs")).toBe(first.chunks);

    const { artifacts, states } = await newestRun("document-ingestion");
    expect(states).toEqual(["Pending", "Running", "Completed"]);
    expect(artifacts).toMatchObject([{ key: "ingestion", type: "markdown" }]);
  });

  it("refuses input that makes no sense before it reads a file", async () => {
    await expect(ingest({ paths: [], index: "docs" })).rejects.toThrow(/paths/);
  });
});

describe("with the keys of paid services", () => {
  let llm: StubLlm;
  let database: StubVectorDatabase;

  beforeEach(async () => {
    // Every batch is refused once; the answer says to come back in a second.
    llm = await startStubLlm({ latency: 50, faults: (_, nth) => (nth === 1 ? "rate-limit" : "none") });
    database = await startStubVectorDatabase("secret");
    vi.stubEnv("OPENAI_API_KEY", "any");
    vi.stubEnv("OPENAI_BASE_URL", `${llm.url}/v1`);
  });
  afterEach(async () => {
    await llm.close();
    await database.close();
  });

  const SERVICES: Record<string, () => Record<string, string>> = {
    Pinecone: () => ({ PINECONE_API_KEY: "secret", PINECONE_INDEX_HOST: database.url }),
    Qdrant: () => ({ QDRANT_URL: database.url, QDRANT_API_KEY: "secret" }),
  };

  it.each(Object.keys(SERVICES))(
    "embeds at OpenAI under the limit, stores in %s, and waits as it is told to",
    async (service) => {
      for (const [name, value] of Object.entries(SERVICES[service]?.() ?? {})) vi.stubEnv(name, value);
      await setConcurrencyLimit("embeddings", 2);
      const { chunks, vectors } = await ingest({
        paths,
        index: service,
        chunkSize: 200,
        overlap: 20,
        batchSize: 1,
      });
      expect(vectors).toBe(chunks);
      expect(await vectorStore().count(service)).toBe(chunks);
      expect(llm.mostAtOnce()).toBe(2);

      const { tasks } = await newestRun("document-ingestion");
      const embedding = tasks.filter((task) => task.taskKey === "embed-chunks");
      expect(embedding).toHaveLength(chunks);
      expect(embedding.map((task) => task.runCount)).toEqual(embedding.map(() => 2));
      expect(llm.answers).toEqual(
        new Map([
          [429, chunks],
          [200, chunks],
        ]),
      );

      const [found] = await answer({ questions: ["a rocket into orbit"], index: service });
      expect(found?.passages[0]?.source).toBe("space");
    },
  );

  it("does not knock again where its key is refused", async () => {
    vi.stubEnv("QDRANT_URL", database.url);
    vi.stubEnv("QDRANT_API_KEY", "wrong");
    await expect(ingest({ paths, index: "docs" })).rejects.toThrow(/401/);
    const { run, tasks } = await newestRun("document-ingestion");
    expect(run.state.name).toBe("Failed");
    const storing = tasks.filter((task) => task.taskKey === "upsert-chunks");
    expect(storing.map(({ runCount, stateName }) => [runCount, stateName])).toEqual([[1, "Failed"]]);
  });
});
