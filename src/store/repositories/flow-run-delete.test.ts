import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FlowRun } from "../../core/run.ts";
import { newEntry, now, openWorld, type World } from "./fixtures/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

async function filled(init: Parameters<World["run"]>[0] = {}, entries = 3): Promise<FlowRun> {
  const run = await world.run(init);
  const ops = Array.from(
    { length: entries },
    (_, seq) => ({ op: "entry", entry: newEntry(run.id, seq) }) as const,
  );
  await world.store.commit([{ runId: run.id, fence: run.fence, ops }]);
  const line = {
    id: uuidv7(),
    at: now(),
    level: 20,
    logger: "x",
    message: "m",
    flowRunId: run.id,
    taskRunId: null,
  };
  await world.repositories.logs.append([line]);
  await world.repositories.artifacts.create({
    id: uuidv7(),
    key: "report",
    type: "markdown",
    description: null,
    data: "text",
    flowRunId: run.id,
    taskRunId: null,
    createdAt: now(),
    updatedAt: now(),
  });
  return run;
}

async function rowsOf(run: FlowRun): Promise<number[]> {
  const { flowRuns, taskRuns, logs, artifacts } = world.repositories;
  const page = { limit: 1000 };
  return [
    (await flowRuns.get(run.id)) === null ? 0 : 1,
    (await flowRuns.states(run.id)).length,
    (await taskRuns.list({ flowRunId: run.id }, page)).rows.length,
    (await logs.list({ flowRunId: run.id }, page)).rows.length,
    (await artifacts.list({ flowRunId: run.id }, page)).rows.length,
  ];
}

test("everything of a run and of the runs below it goes, and nothing else", async () => {
  const run = await filled({}, 2500);
  const child = await filled({ parentFlowRunId: run.id, rootFlowRunId: run.id });
  const grandchild = await filled({ parentFlowRunId: child.id, rootFlowRunId: run.id });
  const other = await filled();
  expect(await world.repositories.flowRuns.delete(run.id)).toBe(3);
  for (const gone of [run, child, grandchild]) expect(await rowsOf(gone)).toEqual([0, 0, 0, 0, 0]);
  expect(await rowsOf(other)).toEqual([1, 1, 3, 1, 1]);
});

test("a run that a process executes is refused, and so is one above it; nothing changes", async () => {
  const run = await filled();
  const child = await filled({ parentFlowRunId: run.id, rootFlowRunId: run.id });
  await world.own(child.id);
  const before = [await rowsOf(run), await rowsOf(child)];
  await expect(world.repositories.flowRuns.delete(run.id)).rejects.toMatchObject({
    code: "SEGNO_RUN_EXECUTING",
    message: expect.stringMatching(
      /subflow run .* process 4711 on here; nothing was deleted[^]*flow-run cancel/,
    ) as string,
  });
  await expect(world.repositories.flowRuns.delete(child.id)).rejects.toMatchObject({
    code: "SEGNO_RUN_EXECUTING",
  });
  expect([await rowsOf(run), await rowsOf(child)]).toEqual(before);
  expect((await world.repositories.flowRuns.get(run.id))?.state.type).toBe("COMPLETED");
});

test("a run whose process died can be deleted, and that process cannot write into it any more", async () => {
  const run = await filled({ type: "RUNNING" });
  await world.own(run.id, -1);
  expect(await world.repositories.flowRuns.delete(run.id)).toBe(1);
  const late = { op: "entry", entry: newEntry(run.id, 9) } as const;
  expect(await world.store.commit([{ runId: run.id, fence: 1, ops: [late] }])).toHaveLength(1);
});

test("the idempotency key is free again", async () => {
  const run = await filled({ flow: "keyed", idempotencyKey: "k" });
  await world.repositories.flowRuns.delete(run.id);
  const again = await world.run({ flow: "keyed", idempotencyKey: "k" });
  expect(again.id).not.toBe(run.id);
});

test("an unknown run is refused", async () => {
  await expect(world.repositories.flowRuns.delete(uuidv7())).rejects.toMatchObject({
    code: "SEGNO_NOT_FOUND",
  });
});
