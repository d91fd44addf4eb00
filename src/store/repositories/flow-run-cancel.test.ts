import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newEntry, now, openWorld, type World } from "./fixtures/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

const cancel = (id: string) => world.repositories.flowRuns.requestCancel(id, now(), uuidv7());

test("a run that a process executes becomes Cancelling, and its process hears of it", async () => {
  const run = await world.run({ type: "RUNNING" });
  const executor = await world.own(run.id);
  const state = await cancel(run.id);
  expect(state.type).toBe("CANCELLING");
  const states = await world.repositories.flowRuns.states(run.id);
  expect(states.map((each) => each.type)).toEqual(["RUNNING", "CANCELLING"]);
  expect(states.at(-1)).toEqual(state);
  expect(await world.store.beatExecutor(executor, now() + 60_000_000)).toEqual([run.id]);
  // Asked twice, nothing more is written.
  expect((await cancel(run.id)).id).toBe(state.id);
  expect(await world.repositories.flowRuns.states(run.id)).toHaveLength(2);
});

test("a run that nobody executes is cancelled at once, with the runs below it, and its old owner is fenced off", async () => {
  const run = await world.run({ type: "RUNNING" });
  const child = await world.run({ type: "PAUSED", parentFlowRunId: run.id, rootFlowRunId: run.id });
  const done = await world.run({ type: "COMPLETED", parentFlowRunId: run.id, rootFlowRunId: run.id });
  await world.own(run.id, -1);
  const claimed = await world.repositories.flowRuns.get(run.id);

  expect((await cancel(run.id)).type).toBe("CANCELLED");

  const after = await world.repositories.flowRuns.get(run.id);
  expect(after).toMatchObject({ state: { type: "CANCELLED" }, executorId: null });
  expect(after?.endAt).toBe(after?.state.timestamp);
  expect((await world.repositories.flowRuns.get(child.id))?.state.type).toBe("CANCELLED");
  expect((await world.repositories.flowRuns.get(done.id))?.state.type).toBe("COMPLETED");
  const late = { op: "entry", entry: newEntry(run.id, 0) } as const;
  const refused = await world.store.commit([{ runId: run.id, fence: claimed?.fence ?? -1, ops: [late] }]);
  expect(refused).toHaveLength(1);
});

test("a Cancelling run whose process died is cancelled when asked again", async () => {
  const run = await world.run({ type: "RUNNING" });
  const executor = await world.own(run.id);
  await cancel(run.id);
  await world.store.beatExecutor(executor, now() - 1);
  expect((await cancel(run.id)).type).toBe("CANCELLED");
});

test("a run that ended stays as it is", async () => {
  const run = await world.run({ type: "FAILED" });
  expect((await cancel(run.id)).id).toBe(run.state.id);
  expect(await world.repositories.flowRuns.states(run.id)).toHaveLength(1);
});

test("an unknown run is refused", async () => {
  await expect(cancel(uuidv7())).rejects.toMatchObject({ code: "SEGNO_NOT_FOUND" });
});
