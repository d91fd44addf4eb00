import { afterEach, describe, expect, it } from "vitest";
import { type ReplayError, StoppedError } from "../../core/errors.ts";
import {
  asCompleted,
  clock,
  closeSegno,
  flow,
  patched,
  random,
  resumeFlowRun,
  sleep,
  step,
  task,
  uuid,
} from "../index.ts";
import { getControl } from "../control.ts";
import { activeRun, activeRuns } from "./active-runs.ts";

afterEach(() => closeSegno());

/** Ends the current execution as a dying process would, with what was acknowledged on disk. */
async function dieHere(): Promise<never> {
  for (const run of activeRuns()) {
    run.interrupt(new StoppedError({ code: "SEGNO_INTERRUPTED", message: "The test pulled the plug." }));
  }
  await (await getControl()).drain();
  died();
  return new Promise<never>(() => undefined);
}

let died: () => void = () => undefined;

/** Starts a run that dies by itself; answers its id once it is dead. */
function startAndDie(start: (onRun: (run: { id: string }) => void) => Promise<unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    let id = "";
    died = () => resolve(id);
    start((run) => (id = run.id)).catch(reject);
  });
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe("replay", () => {
  it("gives recorded outcomes and goes on live where they end", async () => {
    const ran: string[] = [];
    let dies = true;
    const f = flow({ name: "goes-on-live" }, async () => {
      const one = await step("one", () => ran.push("one"));
      const id = await uuid();
      const at = await clock.now();
      const dice = await random();
      if (dies) await dieHere();
      const two = await step("two", () => ran.push("two"));
      return { one, two, id, at, dice };
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    const { taskRuns } = await (await getControl()).repositories();
    const kinds = ["value"] as const;
    const before = (await taskRuns.list({ flowRunId: id, kinds }, { limit: 10 })).rows.map(
      (row) => row.result,
    );
    dies = false;
    const result = (await resumeFlowRun(id)) as { one: number; two: number; at: Date };
    expect(result.at).toBeInstanceOf(Date);
    expect([result.one, result.two, ran]).toEqual([1, 2, ["one", "two"]]);
    const after = (await taskRuns.list({ flowRunId: id, kinds }, { limit: 10 })).rows.map(
      (row) => row.result,
    );
    expect(after).toEqual(before);
  });

  it("replays concurrent branches in the order in which their outcomes came", async () => {
    const work = task({ name: "work" }, async (ms: number, label: string) => {
      await pause(ms);
      return label;
    });
    let dies = true;
    const f = flow({ name: "branches" }, async () => {
      const order: string[] = [];
      const branch = async (name: string, delays: number[]) => {
        for (const [index, ms] of delays.entries()) order.push(await work(ms, `${name}${index}`));
      };
      await Promise.all([branch("a", [12, 1, 9]), branch("b", [3, 14, 2]), branch("c", [7, 7, 7])]);
      const last = work.map([9, 1, 5], ["x", "y", "z"]);
      for await (const ended of asCompleted(last)) order.push(await ended.result());
      order.push(`winner ${await Promise.race([work(15, "slow"), work(2, "fast")])}`);
      if (dies) await dieHere();
      return order;
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    const { taskRuns } = await (await getControl()).repositories();
    const rows = (await taskRuns.list({ flowRunId: id }, { limit: 100 })).rows;
    const recorded = rows
      .filter((row) => row.done !== null)
      .toSorted((a, b) => (a.done ?? 0) - (b.done ?? 0))
      .map((row) => (row.result?.kind === "inline" ? (JSON.parse(row.result.text) as string) : ""));
    dies = false;
    const replayed = (await resumeFlowRun(id)) as string[];
    expect(replayed.slice(0, 12)).toEqual(recorded.slice(0, 12));
    expect(replayed.at(-1)).toBe("winner fast");
    expect((await taskRuns.list({ flowRunId: id }, { limit: 100 })).rows).toHaveLength(14);
  });

  it("runs again only what had not ended", async () => {
    const started: string[] = [];
    const hang = task({ name: "hang" }, async (label: string) => {
      started.push(label);
      if (label === "slow" && dies) await pause(60_000);
      return label;
    });
    let dies = true;
    const f = flow({ name: "unfinished" }, async () => {
      const slow = hang.submit("slow");
      const quick = await hang("quick");
      if (dies) await dieHere();
      return [quick, await slow];
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toEqual(["quick", "slow"]);
    expect(started).toEqual(["slow", "quick", "slow"]);
    const { taskRuns } = await (await getControl()).repositories();
    const [slow] = (await taskRuns.list({ flowRunId: id }, { limit: 10 })).rows;
    expect(slow?.states.map((mark) => mark[1])).toEqual(["Running", "Crashed", "Rerunning", "Completed"]);
  });

  it("throws recorded failures again, as they were", async () => {
    let calls = 0;
    const fails = task({ name: "fails" }, () => {
      calls++;
      throw new RangeError("out of bounds", { cause: "row 7" });
    });
    let dies = true;
    const f = flow({ name: "recorded-failure" }, async () => {
      const error = await fails().catch((thrown: unknown) => thrown as RangeError);
      if (dies) await dieHere();
      return [error instanceof RangeError, error.message, error.cause];
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toEqual([true, "out of bounds", "row 7"]);
    expect(calls).toBe(1);
  });

  it("sleeps what was left of a sleep", async () => {
    const f = flow({ name: "sleeps" }, async () => {
      const from = await clock.now();
      const nap = sleep("400ms");
      await step("meanwhile", () => undefined);
      if (dies) {
        await pause(250);
        await dieHere();
      }
      await nap;
      return from;
    });
    let dies = true;
    const id = await startAndDie((onRun) => f.run({ onRun }));
    const due = async () => {
      const { taskRuns } = await (await getControl()).repositories();
      const [row] = (await taskRuns.list({ flowRunId: id, kinds: ["sleep"] }, { limit: 1 })).rows;
      return row?.expectedStartAt;
    };
    const before = await due();
    dies = false;
    const from = (await resumeFlowRun(id)) as Date;
    expect(Date.now() - from.getTime()).toBeGreaterThanOrEqual(399);
    expect(before).toBeGreaterThan(0);
    expect(await due()).toBe(before);
  });

  it("keeps no result that should not be kept, and makes it again", async () => {
    let opened = 0;
    const open = task({ name: "open", persistResult: false }, () => ({ query: () => ++opened }));
    let dies = true;
    const f = flow({ name: "not-kept" }, async () => {
      const connection = await open();
      const rows = await step("query", () => connection.query());
      if (dies) await dieHere();
      return rows + connection.query();
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toBe(3);
  });
});

describe("code that changed", () => {
  async function divergence(
    before: () => Promise<unknown>,
    after: () => Promise<unknown>,
  ): Promise<ReplayError> {
    const name = `changed-${Math.random()}`;
    let dies = true;
    const old = flow({ name }, async () => {
      await before();
      if (dies) await dieHere();
    });
    const id = await startAndDie((onRun) => old.run({ onRun }));
    dies = false;
    const crashed: string[] = [];
    flow({ name, onCrashed: ({ state }) => crashed.push(state.type) }, after);
    const error = await resumeFlowRun(id).then(
      () => null,
      (thrown: unknown) => thrown as ReplayError,
    );
    if (error === null) throw new Error("the replay did not notice");
    expect(crashed).toEqual(["CRASHED"]);
    expect(activeRun(id)).toBeUndefined();
    const run = await (await (await getControl()).repositories()).flowRuns.get(id);
    expect(run?.state.type).toBe("CRASHED");
    expect(run?.executorId).toBeNull();
    return error;
  }

  it("is told with both sides and the line", async () => {
    const error = await divergence(
      async () => {
        await step("load", () => 1);
        await step("embed", () => 2);
      },
      async () => {
        await step("load", () => 1);
        await step("summarise", () => 2);
      },
    );
    expect(error.code).toBe("SEGNO_REPLAY_DIVERGED");
    expect(error.message).toMatch(/journal: step "embed" \(call 1 of that name\)/);
    expect(error.message).toMatch(
      /code: {4}step "summarise" \(call 1 of that name\), at .*replay\.test\.ts:\d+:\d+/,
    );
    expect(error.message).toMatch(/patched/);
  });

  it("is not hidden by a catch in the flow", async () => {
    const error = await divergence(
      () => step("a", () => 1),
      async () => {
        await step("b", () => 1).catch(() => "hidden");
      },
    );
    expect(error.code).toBe("SEGNO_REPLAY_DIVERGED");
  });

  it("is noticed when it ends too early", async () => {
    const error = await divergence(
      async () => {
        await step("a", () => 1);
        await step("b", () => 1);
      },
      async () => {
        await step("a", () => 1);
      },
    );
    expect(error.code).toBe("SEGNO_REPLAY_ENDED_EARLY");
    expect(error.message).toMatch(/next step "b"/);
  });

  it("keeps its old branch for old runs behind patched(), and its new one for new runs", async () => {
    let dies = true;
    const name = "patched-flow";
    const old = flow({ name }, async () => {
      const out = [await step("old", () => "old")];
      if (dies) await dieHere();
      out.push(await step("end", () => "end"));
      return out;
    });
    const id = await startAndDie((onRun) => old.run({ onRun }));
    const changed = flow({ name }, async () => {
      const out = [(await patched("v2")) ? await step("new", () => "new") : await step("old", () => "old")];
      if (dies) await dieHere();
      out.push((await patched("v2-end")) ? "live patch" : "old end", await step("end", () => "end"));
      return out;
    });
    dies = false;
    expect(await resumeFlowRun(id)).toEqual(["old", "live patch", "end"]);
    dies = true;
    const second = await startAndDie((onRun) => changed.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(second)).toEqual(["new", "live patch", "end"]);
  });
});
