import { type } from "arktype";
import * as v from "valibot";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { CancelledError, RefusedError, TimedOutError } from "../core/errors.ts";
import { closeSegno, flow, getRunContext, resumeFlowRun, step, tags, task } from "./index.ts";
import { getControl } from "./control.ts";

afterEach(() => closeSegno());

async function repositories() {
  return (await getControl()).repositories();
}

async function newest(flowName: string) {
  const { flowRuns } = await repositories();
  const run = (await flowRuns.list({ flowName }, { limit: 1 })).rows[0];
  if (run === undefined) throw new Error(`no run of ${flowName}`);
  return { run, states: (await flowRuns.states(run.id)).map((state) => state.name) };
}

describe("a flow", () => {
  it("records its run: states, input, result, tags, name", async () => {
    const f = flow(
      { name: "recorded", tags: ["own"], flowRunName: "recorded {n}", version: "7" },
      async ({ n }: { n: number }) => n + 1,
    );
    expect(await tags(["outer"], () => f({ n: 4 }))).toBe(5);
    const { run, states } = await newest("recorded");
    expect(states).toEqual(["Pending", "Running", "Completed"]);
    expect(run).toMatchObject({ name: "recorded 4", flowVersion: "7", executorId: null, runCount: 1 });
    expect(run.tags.toSorted()).toEqual(["outer", "own"]);
    expect(run.parameters).toEqual({ kind: "inline", text: '{"n":4}' });
    expect(run.result).toEqual({ kind: "inline", text: "5" });
    expect(run.totalRunTime).toBeGreaterThan(0);
  });

  it("validates its input with any Standard Schema, applies defaults, and keeps the JSON Schema", async () => {
    const withZod = flow(
      { name: "with-zod", input: z.object({ paths: z.array(z.string()), size: z.number().default(512) }) },
      ({ paths, size }) => paths.length * size,
    );
    expect(await withZod({ paths: ["a", "b"] })).toBe(1024);
    const row = await (await repositories()).flows.getByName("with-zod");
    expect(row?.inputSchema).toMatchObject({ type: "object", required: ["paths"] });

    const withValibot = flow({ name: "with-valibot", input: v.object({ n: v.number() }) }, ({ n }) => n);
    const withArktype = flow({ name: "with-arktype", input: type({ n: "number" }) }, ({ n }) => n);
    expect([await withValibot({ n: 1 }), await withArktype({ n: 2 })]).toEqual([1, 2]);
    const refused = withZod({ paths: "a" } as never);
    await expect(refused).rejects.toBeInstanceOf(RefusedError);
    await expect(refused).rejects.toThrow(/paths/);
  });

  it("runs subflows as runs of their own, linked to their parent", async () => {
    const child = flow({ name: "child" }, async ({ n }: { n: number }) => step("work", () => n * 10));
    const parent = flow({ name: "parent" }, async () => {
      const [a, b] = await Promise.all([child({ n: 1 }), child({ n: 2 })]);
      return a + b;
    });
    expect(await parent()).toBe(30);
    const { run } = await newest("parent");
    const { flowRuns, taskRuns } = await repositories();
    const children = await flowRuns.children(run.id);
    expect(children.map((one) => [one.flowName, one.state.name, one.rootFlowRunId])).toEqual([
      ["child", "Completed", run.id],
      ["child", "Completed", run.id],
    ]);
    const entries = (await taskRuns.list({ flowRunId: run.id }, { limit: 10 })).rows;
    const called = new Set(entries.map((entry) => entry.childFlowRunId));
    expect(called).toEqual(new Set(children.map((one) => one.id)));
    expect(children[0]?.parentTaskRunId).toBe(entries.find((e) => e.childFlowRunId === children[0]?.id)?.id);
  });

  it("waits for what it submitted and did not await", async () => {
    let done = false;
    const late = task({ name: "late" }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done = true;
    });
    await flow({ name: "structured" }, () => {
      late.submit();
    })();
    expect(done).toBe(true);
  });

  it("answers the values of futures that it returns", async () => {
    const one = task({ name: "one" }, () => 1);
    const f = flow({ name: "returns-futures" }, () => ({ list: [one.submit()], n: 2 }));
    expect(await f()).toEqual({ list: [1], n: 2 });
  });

  it("retries, and finished tasks are not run again", async () => {
    let work = 0;
    let attempts = 0;
    const once = task({ name: "once" }, () => ++work);
    const f = flow({ name: "flow-retry", retries: 2 }, async () => {
      const first = await once();
      attempts = getRunContext().flowRun?.runCount ?? 0;
      if (attempts < 3) throw new Error(`attempt ${attempts}`);
      return first + (await once());
    });
    expect(await f()).toBe(3);
    expect([work, attempts]).toEqual([2, 3]);
    const { run, states } = await newest("flow-retry");
    expect(run.runCount).toBe(3);
    expect(states).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
  });

  it("fails as its body failed, with the error as it was thrown", async () => {
    class Mine extends Error {
      readonly status = 503;
    }
    const error = new Mine("boom");
    const f = flow({ name: "failing" }, () => {
      throw error;
    });
    await expect(f()).rejects.toBe(error);
    const { run } = await newest("failing");
    expect(run.state).toMatchObject({ type: "FAILED", message: expect.stringContaining("boom") as unknown });
  });

  it("times out, and what it waited for is aborted", async () => {
    let aborted = false;
    const slow = task({ name: "slow" }, async () => {
      await new Promise((_, reject) => {
        getRunContext().signal.addEventListener("abort", () => {
          aborted = true;
          reject(new Error("aborted"));
        });
      });
    });
    await expect(flow({ name: "flow-timeout", timeout: "40ms" }, () => slow())()).rejects.toThrow(
      TimedOutError,
    );
    expect(aborted).toBe(true);
    expect((await newest("flow-timeout")).run.state.name).toBe("TimedOut");
  });

  it("is cancelled by the caller's signal, with its subflows", async () => {
    const hooks: string[] = [];
    const inner = flow({ name: "inner-cancel" }, () => step("hang", () => new Promise(() => undefined)));
    const outer = flow({ name: "outer-cancel", onCancellation: ({ state }) => hooks.push(state.name) }, () =>
      inner(),
    );
    const controller = new AbortController();
    const running = outer.run({ signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect((await newest("outer-cancel")).run.state.name).toBe("Cancelled");
    expect((await newest("inner-cancel")).run.state.name).toBe("Cancelled");
    expect(hooks).toEqual(["Cancelled"]);
  });

  it("runs its hooks", async () => {
    const seen: string[] = [];
    const f = flow(
      {
        name: "flow-hooks",
        onRunning: ({ flowRun }) => seen.push(`running ${flowRun.flowName}`),
        onCompletion: () => seen.push("completed"),
        onFailure: ({ error }) => seen.push(`failed ${(error as Error).message}`),
      },
      ({ fail }: { fail: boolean }) => {
        if (fail) throw new Error("no");
      },
    );
    await f({ fail: false });
    await f({ fail: true }).catch(() => undefined);
    expect(seen).toEqual(["running flow-hooks", "completed", "running flow-hooks", "failed no"]);
  });

  it("is not Crashed when another execution took it over", async () => {
    const seen: string[] = [];
    const onCrashed = () => seen.push("crashed");
    const taken = flow({ name: "taken-over", onCrashed }, async () => {
      await step("one", () => 1);
      const { run } = await newest("taken-over");
      await (await getControl()).claimRun(run.id, { force: true });
      await step("two", () => 2);
    });
    await expect(taken()).rejects.toMatchObject({ code: "SEGNO_LEASE_LOST" });
    expect(seen).toEqual([]);
    expect((await newest("taken-over")).run.state.type).toBe("RUNNING");
  });

  it("refuses calls that come after its end", async () => {
    let late: Promise<unknown> | undefined;
    const f = flow({ name: "too-late" }, () => {
      late = new Promise((resolve) => setTimeout(resolve, 20)).then(() => step("late", () => 1));
    });
    await f();
    await expect(late).rejects.toMatchObject({ code: "SEGNO_RUN_ENDED" });
  });
});

describe("an idempotency key", () => {
  it("finds or starts", async () => {
    let runs = 0;
    const f = flow({ name: "idempotent" }, () => ++runs);
    expect(await Promise.all([f.run({ idempotencyKey: "a" }), f.run({ idempotencyKey: "a" })])).toEqual([
      1, 1,
    ]);
    expect(await f.run({ idempotencyKey: "a" })).toBe(1);
    expect(await f.run({ idempotencyKey: "b" })).toBe(2);
  });

  it("goes on with a run that failed, from where it failed", async () => {
    let broken = true;
    let work = 0;
    const once = task({ name: "counted" }, () => ++work);
    const f = flow({ name: "goes-on" }, async () => {
      const value = await once();
      if (broken) throw new Error("bug");
      return value;
    });
    await expect(f.run({ idempotencyKey: "x" })).rejects.toThrow("bug");
    broken = false;
    expect(await f.run({ idempotencyKey: "x" })).toBe(1);
    const { run, states } = await newest("goes-on");
    expect(run.runCount).toBe(2);
    expect(states.at(-1)).toBe("Completed");
  });

  it("does not start a cancelled run again", async () => {
    const controller = new AbortController();
    const f = flow({ name: "cancelled-key" }, () => new Promise(() => undefined));
    const running = f.run({ idempotencyKey: "c", signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    await expect(f.run({ idempotencyKey: "c" })).rejects.toMatchObject({ code: "SEGNO_RUN_CANCELLED" });
  });
});

describe("resumeFlowRun", () => {
  it("gives the result of a run that completed, by id, prefix or name", async () => {
    const f = flow({ name: "resumable", flowRunName: "resumable-one" }, () => ({ at: new Date(5) }));
    const result = await f();
    const { run } = await newest("resumable");
    expect(await resumeFlowRun(run.id)).toEqual(result);
    expect(await resumeFlowRun("resumable-one")).toEqual(result);
  });

  it("says what it does not know", async () => {
    await expect(resumeFlowRun("0199c2f0-0000-7000-8000-000000000000")).rejects.toMatchObject({
      code: "SEGNO_NOT_FOUND",
    });
  });
});
