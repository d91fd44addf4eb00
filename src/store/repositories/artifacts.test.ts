import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Artifact } from "../../core/run.ts";
import { newEntry, now, openWorld, type World } from "./fixtures/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

async function make(init: Partial<Artifact> = {}): Promise<Artifact> {
  const artifact: Artifact = {
    id: uuidv7(),
    key: "report",
    type: "markdown",
    description: null,
    data: "# text",
    flowRunId: null,
    taskRunId: null,
    createdAt: now(),
    updatedAt: now(),
    ...init,
  };
  await world.repositories.artifacts.create(artifact);
  return artifact;
}

const ids = (rows: readonly Artifact[]): string[] => rows.map((row) => row.id);

test("what is written is read, whatever JSON it is", async () => {
  const table = await make({ type: "table", data: [{ a: 1, b: null }], description: "rows" });
  expect(await world.repositories.artifacts.get(table.id)).toEqual(table);
  const progress = await make({ key: null, type: "progress", data: 0 });
  expect(await world.repositories.artifacts.get(progress.id)).toEqual(progress);
  expect(await world.repositories.artifacts.get("nope")).toBeNull();
});

test("a key's history is newest first; `latest` shows one row a key and none without", async () => {
  const run = await world.run();
  const old = await make({ key: "h-one", flowRunId: run.id });
  const two = await make({ key: "h-two", flowRunId: run.id });
  const fresh = await make({ key: "h-one", flowRunId: run.id });
  await make({ key: null, flowRunId: run.id });
  const { artifacts } = world.repositories;
  expect(ids((await artifacts.history("h-one", { limit: 10 })).rows)).toEqual([fresh.id, old.id]);
  expect(ids((await artifacts.list({ flowRunId: run.id, latest: true }, { limit: 10 })).rows)).toEqual([
    fresh.id,
    two.id,
  ]);
  const first = await artifacts.list({ flowRunId: run.id }, { limit: 3 });
  expect(first.rows).toHaveLength(3);
  expect(
    (await artifacts.list({ flowRunId: run.id }, { limit: 3, after: first.cursor })).rows.map(
      (row) => row.id,
    ),
  ).toEqual([old.id]);
});

test("is found by type and by task run", async () => {
  const run = await world.run();
  const task = newEntry(run.id, 0);
  await world.entries(task);
  const link = await make({ type: "link", flowRunId: run.id, taskRunId: task.id });
  await make({ flowRunId: run.id });
  const { artifacts } = world.repositories;
  expect(ids((await artifacts.list({ taskRunId: task.id }, { limit: 10 })).rows)).toEqual([link.id]);
  expect(ids((await artifacts.list({ flowRunId: run.id, types: ["link"] }, { limit: 10 })).rows)).toEqual([
    link.id,
  ]);
  expect((await artifacts.list({ taskRunId: uuidv7() }, { limit: 10 })).rows).toEqual([]);
});

test("an update changes what it names only", async () => {
  const artifact = await make({ type: "progress", data: 10, description: "loading" });
  const { artifacts } = world.repositories;
  expect(await artifacts.update(artifact.id, { data: 50, updatedAt: 7 })).toBe(true);
  expect(await artifacts.get(artifact.id)).toEqual({ ...artifact, data: 50, updatedAt: 7 });
  expect(await artifacts.update(artifact.id, { description: null, updatedAt: 8 })).toBe(true);
  expect(await artifacts.get(artifact.id)).toMatchObject({ data: 50, description: null });
  expect(await artifacts.update(uuidv7(), { data: 1, updatedAt: 9 })).toBe(false);
});

test("delete says whether there was one", async () => {
  const artifact = await make();
  expect(await world.repositories.artifacts.delete(artifact.id)).toBe(true);
  expect(await world.repositories.artifacts.delete(artifact.id)).toBe(false);
});

test("a key that is not one is refused with one that is", async () => {
  await expect(make({ key: "My_Report 1" })).rejects.toMatchObject({
    code: "SEGNO_INVALID_ARTIFACT_KEY",
    message: expect.stringMatching(
      /"My_Report 1"; expected lower case letters, digits and dashes[^]*"my-report-1" would do/,
    ) as string,
  });
  await expect(make({ key: "" })).rejects.toMatchObject({ code: "SEGNO_INVALID_ARTIFACT_KEY" });
});
