import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../sqlite/driver.ts";
import { sqliteRepositories } from "../sqlite/kysely.ts";
import { newEntry, openWorld, type World } from "./fixtures/world.ts";
import type { Repositories } from "./repositories.ts";

let world: World;
let db: Database;
beforeAll(async () => {
  world = await openWorld();
  db = await openDatabase({ path: world.path, durability: "normal", busyTimeout: 1000 });
});
afterAll(async () => {
  db.close();
  await world.store.close();
});

/** The statements that a call of a repository runs, each with SQLite's plan for it. */
async function plansOf(call: (repositories: Repositories) => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const watched = new Proxy(db, {
    get(target, key) {
      if (key === "prepare") {
        return (sql: string) => {
          statements.push(sql);
          return target.prepare(sql);
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value as () => unknown).bind(target) : value;
    },
  });
  await call(sqliteRepositories(watched));
  return statements.flatMap((sql) =>
    (db.prepare(`explain query plan ${sql}`).all() as { detail: string }[]).map((step) => step.detail),
  );
}

const page = { limit: 50 };
const after = "018f0000-0000-7000-8000-000000000000";
const id = uuidv7();

const calls: Readonly<Record<string, (r: Repositories) => Promise<unknown>>> = {
  "flow runs": (r) => r.flowRuns.list({}, page),
  "flow runs, next page": (r) => r.flowRuns.list({}, { ...page, after }),
  "flow runs of a flow": (r) => r.flowRuns.list({ flowName: "x" }, page),
  "flow runs of a flow, next page": (r) => r.flowRuns.list({ flowName: "x" }, { ...page, after }),
  "flow runs of a state": (r) => r.flowRuns.list({ stateTypes: ["FAILED"] }, { ...page, after }),
  "flow runs of two states": (r) => r.flowRuns.list({ stateTypes: ["FAILED", "CRASHED"] }, page),
  "flow runs with a tag": (r) => r.flowRuns.list({ tags: ["x"] }, page),
  "flow runs by part of a name": (r) => r.flowRuns.list({ nameLike: "x" }, page),
  "flow runs since": (r) => r.flowRuns.list({ startedAfter: 1 }, page),
  "flow runs below a run": (r) => r.flowRuns.list({ parentFlowRunId: id }, { ...page, after }),
  "root flow runs": (r) => r.flowRuns.list({ parentFlowRunId: null }, page),
  "children of a flow run": (r) => r.flowRuns.children(id),
  "count of a state": (r) => r.flowRuns.count({ stateTypes: ["RUNNING"] }),
  "a flow run by id": (r) => r.flowRuns.get(id),
  "a flow run by what a person types": (r) => r.flowRuns.resolve("deadbeef").catch(() => null),
  "a flow run by key": (r) => r.flowRuns.findByIdempotencyKey("x", "k"),
  "states of a flow run": (r) => r.flowRuns.states(id),
  "task runs": (r) => r.taskRuns.list({}, { ...page, after }),
  "task runs of a flow run": (r) => r.taskRuns.list({ flowRunId: id }, page),
  "task runs of a flow run, next page": (r) =>
    r.taskRuns.list({ flowRunId: id, kinds: ["task"] }, { ...page, after: "x:7" }),
  "a task run by what a person types": (r) => r.taskRuns.resolve("deadbeef").catch(() => null),
  "task runs counted": (r) => r.taskRuns.countByState(id),
  "task runs summed up": (r) => r.taskRuns.summary(id),
  artifacts: (r) => r.artifacts.list({}, { ...page, after }),
  "latest artifacts": (r) => r.artifacts.list({ latest: true }, page),
  "artifacts of a flow run": (r) => r.artifacts.list({ flowRunId: id }, { ...page, after }),
  "artifacts of a task run": (r) => r.artifacts.list({ taskRunId: id }, page),
  "versions of an artifact": (r) => r.artifacts.history("x", { ...page, after }),
  variables: (r) => r.variables.list({ ...page, after: "x" }),
  logs: (r) => r.logs.list({}, page),
  "logs of a flow run": (r) => r.logs.list({ flowRunId: id }, { ...page, after }),
  "logs of a task run": (r) => r.logs.list({ taskRunId: id }, page),
  events: (r) => r.events.list({}, { ...page, after }),
  "events by name": (r) => r.events.list({ event: "x" }, { ...page, after }),
  flows: (r) => r.flows.list({ ...page, after }),
};

test.each(Object.entries(calls))("%s are read along an index, in its order", async (_, call) => {
  const plan = await plansOf(call);
  expect(plan.length).toBeGreaterThan(0);
  for (const step of plan) {
    // Sorting the "last term" is sorting rows of the same instant, which are few.
    expect(step).not.toMatch(/TEMP B-TREE FOR (?!LAST TERM)/);
    // "SCAN t" reads the table; "SCAN t USING INDEX" walks an index until the limit is reached.
    expect(step).not.toMatch(/^SCAN (?!.* USING )/);
  }
});

test("deleting finds the rows of a run along an index", async () => {
  const run = await world.run();
  await world.entries(newEntry(run.id, 0));
  const plan = await plansOf((r) => r.flowRuns.delete(run.id));
  expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual([]);
});
