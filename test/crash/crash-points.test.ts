import { beforeAll, expect, test } from "vitest";
import type { CrashPoint } from "../../src/store/crash-point.ts";
import { compileProgram } from "./harness/compile.ts";
import { violations } from "./harness/invariants.ts";
import { forEachOf } from "./harness/parallel.ts";
import { Trial } from "./harness/trial.ts";
import { FLOWS, type Undisturbed, undisturbed } from "./harness/undisturbed.ts";
import type { FlowName } from "./program/flows.ts";

/** Where each flow's process dies: at a named point, when it comes there for the first, the fifth, … time. */
const PLAN: Readonly<Record<CrashPoint, Readonly<Partial<Record<FlowName, readonly number[]>>>>> = {
  "journal.taken": {
    sequential: [1, 20, 40],
    branches: [5, 20],
    races: [6],
    maps: [3, 20],
    subflows: [15, 40],
    retries: [4],
    caching: [9],
    nesting: [13],
    transactions: [7, 21],
    large: [3],
    flowRetries: [15, 28],
    effects: [9, 20],
    sleeps: [7],
  },
  "journal.committed": {
    sequential: [2, 21, 39],
    branches: [8, 25],
    races: [10],
    maps: [12],
    subflows: [10, 33],
    retries: [5, 10],
    caching: [4, 12],
    nesting: [6, 20],
    transactions: [4, 11, 18, 25],
    large: [5, 12],
    flowRetries: [8, 20, 32],
    effects: [5, 12, 25, 33],
    sleeps: [4, 10],
  },
  "result.written": { large: [1, 2, 4, 5] },
  "task.returned": {
    sequential: [1, 15, 34],
    branches: [10, 30],
    races: [9],
    maps: [30],
    retries: [1, 3],
    caching: [5],
    nesting: [4, 15, 30],
    effects: [6],
  },
  "task.awaiting-retry": { retries: [1, 2, 5, 9, 11], nesting: [1] },
  "outcome.delivered": {
    sequential: [3, 30],
    branches: [7, 25, 44],
    races: [5, 16, 21],
    maps: [15, 40, 70],
    subflows: [20, 45],
    retries: [2, 5],
    caching: [6, 13],
    nesting: [5, 18, 34],
    transactions: [6, 13, 19],
    large: [4],
    flowRetries: [6, 14, 22],
    effects: [8, 20, 28],
    sleeps: [3, 8],
  },
  "sleep.begun": { sequential: [1], sleeps: [1, 3, 5] },
  "flow.returned": { sequential: [1], branches: [1], subflows: [2, 5, 9, 14], flowRetries: [1, 2] },
  "flow.finished": { sequential: [1], races: [1], subflows: [1, 4, 6, 11], large: [1], flowRetries: [1] },
  "subflow.created": { subflows: [1, 3, 7, 12], large: [1], flowRetries: [1] },
  "cache.locked": { caching: [1, 2, 3] },
  "transaction.committing": { transactions: [1, 2] },
  "transaction.rolling-back": { transactions: [1, 2, 3, 4] },
};

let program: string;
let normal: Undisturbed;

beforeAll(async () => {
  program = compileProgram();
  normal = await undisturbed(program);
}, 120_000);

function pointsOf(flow: FlowName): string[] {
  return Object.entries(PLAN).flatMap(([point, flows]) =>
    (flows[flow] ?? []).map((count) => `${point}:${count}`),
  );
}

test.each(FLOWS)(
  "%s survives a crash at each point that it comes to",
  async (flow) => {
    const points = pointsOf(flow);
    const reached = new Set<string>();
    await forEachOf([...points.entries()], 2, async ([index, point]) => {
      const trial = new Trial(program, flow);
      if (await trial.crashAt(point)) {
        reached.add(point);
        // The process that goes on dies as well, if it comes to the next point.
        const next = points[(index + 1) % points.length] ?? point;
        if (await trial.crashAt(next)) await trial.complete();
      }
      const found = await violations(trial, normal.answers);
      if (found.length > 0) throw trial.failure(found.join("\n"));
    });
    // How often a point is come to depends on what shares a commit; but the first time is certain.
    expect([...reached]).toEqual(expect.arrayContaining(points.filter((point) => point.endsWith(":1"))));
    expect(reached.size).toBeGreaterThan(points.length / 2);
  },
  120_000,
);
