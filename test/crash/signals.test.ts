import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { compileProgram } from "./harness/compile.ts";
import { rowsOf } from "./harness/rows.ts";
import { type Ending, killLeftovers, Trial, type TrialProcess } from "./harness/trial.ts";

/** A process that is told to stop, with its runs in different places. */
let program: string;

beforeAll(() => {
  program = compileProgram("signalled");
});
afterEach(killLeftovers);

const BUSY_MS = 6000;

async function busy(
  flow: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ trial: Trial; child: TrialProcess }> {
  const trial = new Trial(program);
  const child = trial.start(env, [flow, String(BUSY_MS)]);
  await child.printed("busy\n");
  return { trial, child };
}

const RUNS = "select flow_name, state_type, state_message, executor_id from flow_run order by flow_name";

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  test.each([
    ["parallel", ["first", "one", "slept", "last"], ["parallel"]],
    ["nested", ["last", "alone", "beside"], ["child", "nested"]],
    ["retrying", "worked", ["retrying"]],
    ["waiting", "worked", ["waiting"]],
  ])(
    "marks a run that is %s as Crashed, ends the process, and lets another go on",
    async (flow, answer, runs) => {
      const { trial, child } = await busy(flow);
      child.process.kill(signal);
      // Ended by the signal itself: a shell reads 143 or 130.
      expect([await child.ended, child.errors]).toEqual([
        signal,
        expect.stringMatching(/segno flow-run resume/),
      ]);
      const left = await rowsOf(trial.home, RUNS);
      expect(left).toEqual(
        runs.map((name) => ({
          flow_name: name,
          state_type: "CRASHED",
          state_message: expect.stringContaining(signal) as string,
          executor_id: null,
        })),
      );
      const running = await rowsOf(trial.home, "select name from task_run where state_type = 'RUNNING'");
      expect(running).toEqual([]);
      const next = trial.start({}, [flow, "0"]);
      expect(await next.ended).toBe(0);
      expect(next.output).toContain(`answer ${JSON.stringify(answer)}`);
    },
  );
});

/** Presses Ctrl-C; answers how the process ended, if it did so within a moment. */
async function pressed(child: TrialProcess): Promise<Ending | "waits"> {
  child.process.kill("SIGINT");
  return Promise.race([child.ended, pause(300, "waits" as const)]);
}

test("a second Ctrl-C ends a process at once that cannot write what is queued", async () => {
  const { trial, child } = await busy("parallel");
  const lock = await openDatabase({
    path: join(trial.home, "segno.db"),
    durability: "normal",
    busyTimeout: 1000,
  });
  try {
    lock.exec("begin immediate");
    const afterOne = await pressed(child);
    expect(afterOne).toBe("waits");
    // Pressed again and again, since two signals that come close together are one.
    let ended = afterOne;
    while (ended === "waits") ended = await pressed(child);
    expect(ended).toBe("SIGINT");
  } finally {
    lock.exec("rollback");
    lock.close();
  }
  const next = trial.start({}, ["parallel", "0"]);
  expect(await next.ended).toBe(0);
  expect(next.output).toContain("answer");
});

test("a program's own handler decides when the process ends", async () => {
  const { trial, child } = await busy("nested", { OWN_HANDLER: "yes" });
  child.process.kill("SIGTERM");
  expect(await child.ended).toBe(7);
  const left = await rowsOf(trial.home, RUNS);
  expect(left.map((row) => row["state_type"])).toEqual(["CRASHED", "CRASHED"]);
});
