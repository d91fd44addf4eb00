import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TASK_RUN_KINDS } from "../../core/run.ts";
import { everyPage, newEntry, openWorld, type World } from "./fixtures/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

describe("list", () => {
  test("of a flow run is in call order, page by page, nested calls after the body's", async () => {
    const run = await world.run();
    const outer = Array.from({ length: 7 }, (_, seq) => newEntry(run.id, seq));
    const scope = outer[0]?.id ?? "";
    const inner = [0, 1, 2].map((seq) => newEntry(run.id, seq, { scope, name: "inner" }));
    await world.entries(...inner.toReversed(), ...outer.toReversed());
    const { rows, pages } = await everyPage((after) =>
      world.repositories.taskRuns.list({ flowRunId: run.id }, { limit: 3, after }),
    );
    expect(rows.map((row) => row.id)).toEqual([...outer, ...inner].map((row) => row.id));
    expect(pages).toBe(4);
  });

  test("without a flow run is newest first, and knows tasks outside any flow", async () => {
    const alone = newEntry(null, 0, { name: "alone" });
    await world.entries(alone);
    const { rows } = await world.repositories.taskRuns.list({}, { limit: 1 });
    expect(rows[0]).toMatchObject({ id: alone.id, flowRunId: null });
  });

  test("filters by kind, state, tag and part of a name", async () => {
    const run = await world.run();
    const failed = newEntry(run.id, 0, {
      stateType: "FAILED",
      stateName: "TimedOut",
      name: "embed-3",
      tags: ["gpu"],
    });
    const slept = newEntry(run.id, 1, { kind: "sleep", name: "sleep" });
    const cached = newEntry(run.id, 2, { stateName: "Cached", name: "load" });
    await world.entries(failed, slept, cached);
    const list = async (
      filter: Parameters<World["repositories"]["taskRuns"]["list"]>[0],
    ): Promise<string[]> =>
      (await world.repositories.taskRuns.list({ flowRunId: run.id, ...filter }, { limit: 9 })).rows.map(
        (row) => row.id,
      );
    expect(await list({ kinds: TASK_RUN_KINDS })).toEqual([failed.id, cached.id]);
    expect(await list({ stateTypes: ["FAILED", "CRASHED"] })).toEqual([failed.id]);
    expect(await list({ stateNames: ["Cached"] })).toEqual([cached.id]);
    expect(await list({ tags: ["gpu"] })).toEqual([failed.id]);
    expect(await list({ nameLike: "EMBED" })).toEqual([failed.id]);
  });

  test("refuses a cursor of another list", async () => {
    const run = await world.run();
    await expect(
      world.repositories.taskRuns.list({ flowRunId: run.id }, { limit: 1, after: uuidv7() }),
    ).rejects.toMatchObject({ code: "SEGNO_INVALID_PAGE" });
  });
});

test("resolve takes an id and the beginning of one, and refuses the rest clearly", async () => {
  const one = newEntry(null, 0, { id: "feed0000-0000-7000-8000-000000000001" });
  const two = newEntry(null, 1, { id: "feed0000-0000-7000-8000-000000000002" });
  await world.entries(one, two);
  const { taskRuns } = world.repositories;
  expect((await taskRuns.resolve(one.id)).id).toBe(one.id);
  expect((await taskRuns.resolve(one.id.slice(0, -1) + "2")).id).toBe(two.id);
  await expect(taskRuns.resolve("feed")).rejects.toMatchObject({ code: "SEGNO_AMBIGUOUS" });
  await expect(taskRuns.resolve("load")).rejects.toMatchObject({
    code: "SEGNO_NOT_FOUND",
    message: expect.stringContaining("expected its id or beginning of an id") as string,
  });
});

test("counts and the summary cover task runs only, nested ones too, over more than one chunk", async () => {
  const run = await world.run();
  const ops = Array.from({ length: 4500 }, (_, seq) => {
    const init = seq % 10 === 0 ? ({ stateType: "FAILED", stateName: "Failed", runCount: 3 } as const) : {};
    return {
      op: "entry",
      entry: newEntry(run.id, seq, { name: seq % 2 === 0 ? "even" : "odd", totalRunTime: 10, ...init }),
    } as const;
  });
  const nested = newEntry(run.id, 0, { scope: ops[0]?.entry.id ?? "", name: "inner", stateName: "Cached" });
  const slept = newEntry(run.id, 4500, { kind: "sleep", name: "sleep" });
  await world.store.commit([{ runId: run.id, fence: run.fence, ops }]);
  await world.entries(nested, slept);

  expect(await world.repositories.taskRuns.countByState(run.id)).toEqual({ FAILED: 450, COMPLETED: 4051 });
  expect(await world.repositories.taskRuns.summary(run.id)).toEqual([
    { name: "even", count: 2250, byState: { Failed: 450, Completed: 1800 }, retries: 900, runTime: 22_500 },
    { name: "odd", count: 2250, byState: { Completed: 2250 }, retries: 0, runTime: 22_500 },
    { name: "inner", count: 1, byState: { Cached: 1 }, retries: 0, runTime: 0 },
  ]);
});
