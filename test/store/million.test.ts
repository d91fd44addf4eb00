import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TASK_RUN_KINDS } from "../../src/core/run.ts";
import { openWorld, type World } from "../../src/store/repositories/fixtures/world.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";

const ENTRIES = 1_000_000;
const MB = 2 ** 20;

let world: World;
let runId: string;

beforeAll(async () => {
  world = await openWorld();
  runId = (await world.run({ name: "million" })).id;
  await fill(world.path, runId);
}, 300_000);
afterAll(() => world.store.close());

/** A journal of a million entries, made by the database itself: every thousandth failed, every hundredth is a sleep. */
async function fill(path: string, flowRunId: string): Promise<void> {
  const db = await openDatabase({ path, durability: "normal", busyTimeout: 10_000 });
  const chunk = 100_000;
  const insert = db.prepare(
    `with recursive n(i) as (select cast(?1 as integer) union all select i + 1 from n where i + 1 < ?2)
     insert into task_run (id, flow_run_id, kind, name, task_key, dynamic_key, seq, done, run_count, state_type, state_name,
       state_at, result, total_run_time)
     select printf('018f0000-%04x-7%03x-8000-%012x', i / 4096, i % 4096, i), ?3,
       case when i % 100 = 50 then 'sleep' else 'task' end, 'step-' || (i % 10), 'step-' || (i % 10), i / 10, i, i, 1,
       case when i % 1000 = 0 then 'FAILED' else 'COMPLETED' end, case when i % 1000 = 0 then 'Failed' else 'Completed' end,
       1700000000000000 + i, '{"index":' || i || ',"text":"what the step answered"}', 100 from n`,
  );
  for (let from = 0; from < ENTRIES; from += chunk) insert.run(from, from + chunk, flowRunId);
  db.close();
}

/** What is alive after a collection, in bytes. */
function liveHeap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test("a million entries are listed page by page, in order, in little memory", async () => {
  const { taskRuns } = world.repositories;
  const before = liveHeap();
  let most = before;
  let seen = 0;
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const page = await taskRuns.list({ flowRunId: runId }, { limit: 1000, after });
    for (const row of page.rows)
      if (row.seq !== seen++) throw new Error(`expected seq ${seen - 1}, got ${row.seq}`);
    if (pages % 100 === 0) most = Math.max(most, liveHeap());
    if (page.cursor === null) break;
    after = page.cursor;
  }
  expect(seen).toBe(ENTRIES);
  expect(most - before).toBeLessThan(100 * MB);
}, 300_000);

test("a million entries are counted and summed up in little memory, without holding the event loop", async () => {
  const before = liveHeap();
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const counts = await world.repositories.taskRuns.countByState(runId);
  const summary = await world.repositories.taskRuns.summary(runId);
  clearInterval(ticking);
  expect(counts).toEqual({ COMPLETED: 989_000, FAILED: 1000 });
  expect(summary).toHaveLength(10);
  expect(summary.reduce((sum, task) => sum + task.count, 0)).toBe(990_000);
  expect(turns).toBeGreaterThan(100);
  expect(liveHeap() - before).toBeLessThan(100 * MB);
}, 300_000);

test("a page at the far end, the failed ones and one entry are found", async () => {
  const { taskRuns } = world.repositories;
  const last = await taskRuns.list({ flowRunId: runId }, { limit: 10, after: `:${ENTRIES - 6}` });
  expect(last.rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5].map((n) => ENTRIES - 6 + n));
  expect(last.cursor).toBeNull();
  const failed = await taskRuns.list(
    { flowRunId: runId, stateTypes: ["FAILED"], kinds: TASK_RUN_KINDS },
    { limit: 3 },
  );
  expect(failed.rows.map((row) => row.seq)).toEqual([0, 1000, 2000]);
  const newest = await taskRuns.list({}, { limit: 1 });
  expect((await taskRuns.resolve(newest.rows[0]?.id ?? "")).seq).toBe(ENTRIES - 1);
});

test("deleting the run lets others write in between", async () => {
  let done = false;
  const deleting = world.repositories.flowRuns.delete(runId).finally(() => (done = true));
  let written = 0;
  while (!done) {
    await world.run({ flow: "other" });
    written++;
    await nextTurn();
  }
  expect(await deleting).toBe(1);
  expect(written).toBeGreaterThan(100);
  expect(await world.repositories.flowRuns.get(runId)).toBeNull();
  expect((await world.repositories.taskRuns.list({ flowRunId: runId }, { limit: 1 })).rows).toEqual([]);
}, 300_000);
