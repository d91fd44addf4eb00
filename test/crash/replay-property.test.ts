import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getControl } from "../../src/flow/control.ts";
import { closeSegno, flow, resumeFlowRun, step } from "../../src/index.ts";
import { enter, play, World } from "./harness/player.ts";
import { Rewind, type Snapshot } from "./harness/rewind.ts";
import { treeArbitrary } from "./harness/trees.ts";

/**
 * Random programs (calls in sequence, side by side, in races, in maps, in subflows and tasks, some
 * failing) run to their end; then the store is put back to what it was after some commit, as a crash
 * there would have left it, and the run is resumed. `SEGNO_CHAOS_RUNS=5000` tries more of them.
 */
const RUNS = Number(process.env["SEGNO_CHAOS_RUNS"] ?? 150);
const SEED = process.env["SEGNO_CHAOS_SEED"];
const options = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };

let rewind: Rewind;

beforeAll(async () => {
  await getControl();
  rewind = await Rewind.watch(join(process.env["SEGNO_HOME"] ?? "", "segno.db"));
});

afterAll(async () => {
  rewind.close();
  await closeSegno();
});

let world: World;

const root = flow({ name: "root" }, async () => {
  const tree = world.trees.get("root");
  if (tree === undefined) throw new Error("there is no program");
  return play(tree, "0", world.begin("root")).catch((error: unknown) => `threw ${(error as Error).message}`);
});

/** Lets the run go on, as another execution; answers what it returned, with everything written. */
async function execute(start: () => Promise<unknown>): Promise<unknown> {
  world.nextExecution(finishedLabels(rewind.look()));
  const answer = await start();
  await (await getControl()).drain();
  expect(world.again).toEqual([]);
  return answer;
}

/** One of the moments at which the run had not ended. */
function unfinished(runId: string, place: number): Snapshot {
  const open = rewind.snapshots.filter(({ flow_run }) =>
    flow_run.some((row) => row["id"] === runId && row["state_type"] !== "COMPLETED"),
  );
  const snapshot = open[Math.floor(place * (open.length - 0.001))];
  if (snapshot === undefined) throw new Error("the run was never on its way");
  return snapshot;
}

const bodyRows = (snapshot: Snapshot, runId: string) =>
  snapshot.task_run.filter((row) => row["flow_run_id"] === runId && row["scope"] === "");

/** Entries whose outcome is on record, by id, as they must stay. */
function settledRows(snapshot: Snapshot): Map<string, string> {
  const ended = snapshot.task_run.filter((row) => row["done"] !== null && row["state_type"] === "COMPLETED");
  return new Map(
    ended.map((row) => [
      String(row["id"]),
      JSON.stringify([row["seq"], row["done"], row["task_key"], row["dynamic_key"], row["result"]]),
    ]),
  );
}

function finishedLabels(snapshot: Snapshot): Set<string> {
  const rows = snapshot.task_run.filter((row) => row["done"] !== null && row["state_type"] === "COMPLETED");
  return new Set(
    rows.map((row) =>
      row["kind"] === "step" ? String(row["result"]).replaceAll('"', "") : String(row["name"]),
    ),
  );
}

function expectSameWay(runId: string, from: Snapshot, before: number): void {
  const last = rewind.look();
  const given = bodyRows(from, runId).filter((row) => row["done"] !== null).length;
  const [was, is] = [world.given("root", before), world.given("root")];
  expect(is.slice(0, given)).toEqual(was.slice(0, given));
  const settled = settledRows(last);
  for (const [id, row] of settledRows(from)) expect(settled.get(id)).toBe(row);
  expectSameInTasks(from, before);
  expect(last.flow_run.filter((row) => row["state_type"] === "RUNNING")).toEqual([]);
  expect(last.task_run.filter((row) => row["done"] === null)).toEqual([]);
}

/** Bodies of tasks are not replayed but run again; what they called and had is given in its old order, too. */
function expectSameInTasks(from: Snapshot, before: number): void {
  for (const task of from.task_run.filter((row) => row["task_key"] === "nest" && row["done"] === null)) {
    const nested = from.task_run.filter((row) => row["scope"] === task["id"]);
    if (nested.some((row) => row["state_type"] === "FAILED")) continue;
    const given = nested.filter((row) => row["done"] !== null).length;
    const label = String(task["name"]);
    const [was, is] = [world.given(label, before), world.given(label)];
    expect(is.slice(0, given)).toEqual(was.slice(0, given));
  }
}

test(
  "a run that is resumed from any commit takes the way that it had taken",
  async () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 4 });
    const property = fc.asyncProperty(treeArbitrary({ failures: true }), cuts, async (tree, places) => {
      world = new World({ keyed: false });
      enter(world);
      rewind.to({ flow_run: [], flow_run_state: [], task_run: [] });
      world.trees.set("root", tree);
      let runId = "";
      let answer = await execute(() => root.run({ onRun: ({ id }) => (runId = id) }));
      for (const place of places) {
        const from = unfinished(runId, place);
        const before = world.execution;
        rewind.to(from);
        answer = await execute(() => resumeFlowRun(runId));
        expectSameWay(runId, from, before);
      }
      await expectWholeReplay(runId, answer);
    });
    await fc.assert(property, options);
  },
  RUNS * 2000,
);

/** With every outcome on record and only the end missing, nothing runs and the answer is the same. */
async function expectWholeReplay(runId: string, answer: unknown): Promise<void> {
  const whole = unfinished(runId, 1);
  if (whole.task_run.some((row) => row["done"] === null)) return;
  const before = world.execution;
  rewind.to(whole);
  expect(await execute(() => resumeFlowRun(runId))).toEqual(answer);
  expect(world.given("root")).toEqual(world.given("root", before));
  expect(world.ran).toEqual([]);
}

let failuresLeft = 0;
const retried = flow({ name: "retried", retries: 3 }, async () => {
  const tree = world.trees.get("root");
  if (tree === undefined) throw new Error("there is no program");
  const value = await play(tree, "0", world.begin("root")).catch(
    (error: unknown) => (error as Error).message,
  );
  await step("end", () => {
    if (failuresLeft-- > 0) throw new Error("the attempt fails at its end");
  });
  return value;
});

/** Each call was given its own result, and nobody else's. */
function expectOwnResults(): void {
  for (const line of world.given("root")) {
    const [label, value] = line.split("=");
    if (value !== undefined && /^[\d.]+$/.test(value)) expect(line).toBe(`${label}=${label}`);
  }
}

test.each([
  { what: "counted, in a flow that catches no failure", keyed: false, failures: false },
  { what: "named by keys, in a flow that catches failures", keyed: true, failures: true },
])(
  "an attempt finds the results of the one before: calls $what",
  async ({ keyed, failures }) => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.asyncProperty(treeArbitrary({ failures }), place, async (tree, cut) => {
      world = new World({ keyed });
      enter(world);
      rewind.to({ flow_run: [], flow_run_state: [], task_run: [] });
      world.trees.set("root", tree);
      failuresLeft = 2;
      let runId = "";
      await execute(() => retried.run({ onRun: ({ id }) => (runId = id) }));
      expectOwnResults();
      // Also when the process died in a later attempt.
      rewind.to(unfinished(runId, cut));
      await execute(() => resumeFlowRun(runId));
      expectOwnResults();
    });
    await fc.assert(property, options);
  },
  RUNS * 2000,
);
