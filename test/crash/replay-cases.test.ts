import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { getControl } from "../../src/flow/control.ts";
import {
  closeSegno,
  concurrency,
  type Flow,
  flow,
  getConcurrencyLimit,
  resumeFlowRun,
  setConcurrencyLimit,
  step,
  task,
  transaction,
} from "../../src/index.ts";
import { Rewind } from "./harness/rewind.ts";

/** Places where a crash once changed what a run did, each tried after every single commit of the run. */
let rewind: Rewind;

beforeAll(async () => {
  await getControl();
  rewind = await Rewind.watch(join(process.env["SEGNO_HOME"] ?? "", "segno.db"));
});

afterAll(async () => {
  rewind.close();
  await closeSegno();
});

/** What ran, in the execution that is going on. */
let ran: string[] = [];

beforeEach(() => {
  ran = [];
  rewind.to({ flow_run: [], flow_run_state: [], task_run: [] });
});

type NoInput = Flow<readonly [], unknown>;

/** Runs a flow, and then again from each moment at which it was on its way; answers all answers. */
async function fromEveryMoment(f: NoInput): Promise<unknown[]> {
  let runId = "";
  const answers = [await f.run({ onRun: ({ id }) => (runId = id) })];
  await (await getControl()).drain();
  const moments = rewind.snapshots.filter(({ flow_run }) =>
    flow_run.some((row) => row["id"] === runId && row["state_type"] !== "COMPLETED"),
  );
  expect(moments.length).toBeGreaterThan(1);
  for (const moment of moments) {
    ran = [];
    rewind.to(moment);
    answers.push(await resumeFlowRun(runId));
    await (await getControl()).drain();
    expect(rewind.look().task_run.filter((row) => row["done"] === null)).toEqual([]);
  }
  return answers;
}

const mark = task({ name: "mark" }, async (label: string, ms?: number) => {
  ran.push(label);
  if (ms !== undefined) await pause(ms);
  return label;
});

it("a subflow's failure that its caller handles stays a failure", async () => {
  let failures = 0;
  const child = flow({ name: "fails-once" }, async () => {
    await mark("child");
    // Would succeed if it were tried again.
    if (failures++ === 0) throw new Error("the first time");
    return "succeeded";
  });
  const parent = flow({ name: "handles" }, async () => {
    const answer = await child().catch((error: unknown) => (error as Error).message);
    return mark(answer);
  });
  let runId = "";
  await parent.run({ onRun: ({ id }) => (runId = id) });
  await (await getControl()).drain();
  const untold = rewind.snapshots.filter(
    ({ flow_run, task_run }) =>
      flow_run.some((row) => row["state_type"] === "FAILED") &&
      task_run.some((row) => row["kind"] === "flow" && row["done"] === null),
  );
  expect(untold).not.toEqual([]);
  for (const moment of untold) {
    rewind.to(moment);
    // Twice from there: what the first resume leaves half done must not look like another attempt.
    for (let times = 0; times < 2; times++) expect(await resumeFlowRun(runId)).toBe("the first time");
  }
});

it("a branch that nobody waits for comes to its end, however deep its functions are", async () => {
  const f = flow({ name: "left-alone" }, async () => {
    const first = mark("first", 2);
    void (async () => {
      await first;
      for (let turns = 0; turns < 200; turns++) await Promise.resolve();
      await mark("second", 1);
      for (let turns = 0; turns < 200; turns++) await Promise.resolve();
      await mark("third");
    })();
    return first;
  });
  const answers = await fromEveryMoment(f);
  expect(new Set(answers)).toEqual(new Set(["first"]));
  expect(rewind.look().task_run.map((row) => row["result"])).toEqual(['"first"', '"second"', '"third"']);
});

describe("a body that throws where its journal holds more calls", () => {
  it("is told as a divergence, and not taken for a failure of the run", async () => {
    let broken = false;
    const f = flow({ name: "broken-later", retries: 2 }, async () => {
      await mark("one");
      if (broken) throw new TypeError("undefined is not a function");
      await mark("two");
      return mark("three");
    });
    let runId = "";
    await f.run({ onRun: ({ id }) => (runId = id) });
    await (await getControl()).drain();
    const moment = rewind.snapshots.find(({ task_run }) => task_run.length === 3);
    if (moment === undefined) throw new Error("there is no such moment");
    rewind.to(moment);
    broken = true;
    await expect(resumeFlowRun(runId)).rejects.toMatchObject({
      code: "SEGNO_REPLAY_ENDED_EARLY",
      message: expect.stringContaining('undefined is not a function" after 1 calls') as string,
      cause: expect.any(TypeError) as TypeError,
    });
    const [run] = rewind.look().flow_run;
    expect([run?.["state_type"], run?.["run_count"]]).toEqual(["CRASHED", 1]);
    broken = false;
    expect(await resumeFlowRun(runId)).toBe("three");
  });
});

it("a call that a failed attempt of a task left on its way is not carried out beside itself", async () => {
  let attempts = 0;
  let atOnce = 0;
  let most = 0;
  const slow = task({ name: "slow" }, async () => {
    ran.push("slow");
    most = Math.max(most, ++atOnce);
    await pause(30);
    atOnce--;
    return "slow";
  });
  const outer = task({ name: "outer", retries: 1 }, async () => {
    const both = [
      slow(),
      step("fails", () => (attempts++ === 0 ? Promise.reject(new Error("fails")) : "works")),
    ];
    return (await Promise.all(both)).join(" ");
  });
  const f = flow({ name: "left-on-its-way" }, () => outer());
  expect(await f()).toBe("slow works");
  expect([ran, most]).toEqual([["slow"], 1]);
});

it("an attempt after a timeout makes a new run of a subflow that the timeout cancelled", async () => {
  let attempts = 0;
  const child = flow({ name: "slow-at-first" }, async () => mark("child", attempts++ === 0 ? 60_000 : 1));
  const f = flow({ name: "times-out", timeout: "150ms", retries: 1 }, async () => child());
  expect(await f()).toBe("child");
  const children = rewind.look().flow_run.filter((row) => row["flow_name"] === "slow-at-first");
  expect(children.map((row) => row["state_type"])).toEqual(["CANCELLED", "COMPLETED"]);
});

describe("slots of a limit, taken in a flow's body", () => {
  it("are held again by those who held them before others get any", async () => {
    await setConcurrencyLimit("narrow", 1);
    const f = flow({ name: "narrow" }, async () => {
      const held = ["a", "b", "c"].map((label) => concurrency("narrow", () => mark(label, 3)));
      return (await Promise.all(held)).join("");
    });
    expect(new Set(await fromEveryMoment(f))).toEqual(new Set(["abc"]));
    expect((await getConcurrencyLimit("narrow"))?.activeSlots).toBe(0);
  });

  it("are taken anew in a later attempt, by whom they are given to then", async () => {
    await setConcurrencyLimit("narrow", 1);
    let failures = 2;
    const checked = task({ name: "checked" }, async (label: string) => {
      await pause(5);
      if (label === "a" && failures-- > 0) throw new Error("a fails");
      return label;
    });
    const f = flow({ name: "narrow-retried", retries: 3 }, async () => {
      const work = async (label: string) => checked(await mark(label, 2));
      const held = ["a", "b", "c"].map((label) => concurrency("narrow", () => work(label)));
      return (await Promise.all(held)).join("");
    });
    expect(await f()).toBe("abc");
    expect(ran.toSorted()).toEqual(["a", "b", "c"]);
    expect((await getConcurrencyLimit("narrow"))?.activeSlots).toBe(0);
  });
});

it("one transaction of a key at a time is in its block, also when both are resumed", async () => {
  const inside = new Set<string>();
  const together: string[] = [];
  const f = flow({ name: "serial" }, async () => {
    inside.clear();
    const run = (label: string) =>
      transaction({ key: "only-one", isolation: "serializable", overwrite: true }, async () => {
        inside.add(label);
        if (inside.size > 1) together.push(label);
        await mark(`${label} begins`, 2);
        await mark(`${label} ends`, 2);
        inside.delete(label);
        return label;
      });
    return (await Promise.all(["a", "b"].map(run))).join("");
  });
  expect(new Set(await fromEveryMoment(f))).toEqual(new Set(["ab"]));
  expect(together).toEqual([]);
});

it("a subflow whose result is not kept gives it again, and does nothing twice", async () => {
  const child = flow({ name: "not-kept", persistResult: false }, async () => {
    const made = await mark("made", 1);
    return { made, at: new Map([[made, () => made]]) };
  });
  const f = flow({ name: "uses-not-kept" }, async () => {
    const { made, at } = await child();
    await mark("between", 1);
    return `${made} ${at.get("made")?.()}`;
  });
  expect(new Set(await fromEveryMoment(f))).toEqual(new Set(["made made"]));
});

it("an execution that lost its run begins no subflow in it, and is told at once", async () => {
  const child = flow({ name: "too-late" }, async () => {
    await mark("child", 20);
    await mark("child goes on");
  });
  let runId = "";
  const f = flow({ name: "loses-its-run" }, async () => {
    await mark("parent");
    await (await getControl()).claimRun(runId, { force: true });
    await child();
  });
  await expect(f.run({ onRun: ({ id }) => (runId = id) })).rejects.toMatchObject({
    code: "SEGNO_LEASE_LOST",
  });
  await (await getControl()).drain();
  const { flow_run, task_run } = rewind.look();
  expect(flow_run.map((row) => row["flow_name"])).toEqual(["loses-its-run"]);
  expect(task_run.map((row) => row["result"])).toEqual(['"parent"']);
  expect(ran).toEqual(["parent", "child"]);
});

it("an execution that lost its run is told when a task begins, and not only when it ends", async () => {
  let runId = "";
  const f = flow({ name: "loses-its-run-early" }, async () => {
    await mark("parent");
    await (await getControl()).claimRun(runId, { force: true });
    await mark("for an hour", 3_600_000);
  });
  await expect(f.run({ onRun: ({ id }) => (runId = id) })).rejects.toMatchObject({
    code: "SEGNO_LEASE_LOST",
  });
});
