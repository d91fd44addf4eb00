import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { newFolder } from "../../../test/support/folder.ts";
import { ownStore } from "../../../test/support/own-store.ts";
import { NonRetryable } from "../../core/errors.ts";
import { flow, step, task, threads, variables } from "../index.ts";
import { getControl } from "../control.ts";
import * as tasks from "./fixtures/thread-tasks.ts";

ownStore();

// One pool for the file: a thread that loads TypeScript takes a while to start.
const taskRunner = threads({ maxThreads: 2 });
afterAll(() => taskRunner.close?.());

/** Runs the body as a flow whose tasks go to the threads. */
function inThreads<T>(body: () => Promise<T>, name = "threaded"): Promise<Awaited<T>> {
  return flow({ name, taskRunner }, body)();
}

describe("threads()", { timeout: 60_000 }, () => {
  it("run tasks in other threads, at once, and leave steps in the flow's", async () => {
    const answer = await inThreads(async () => ({
      ids: await Promise.all([tasks.whereAmI(), tasks.whereAmI(), tasks.whereAmI()]),
      fib: await tasks.fib(20),
      step: await step("here", tasks.whereAmI.fn),
      values: await tasks.echo({ at: new Date(0), map: new Map([[1, 2n]]), bytes: new Uint8Array([1]) }),
    }));
    expect(answer.ids.every((id) => id > 0)).toBe(true);
    expect(answer).toMatchObject({ fib: 6765, step: 0 });
    expect(answer.values).toEqual({ at: new Date(0), map: new Map([[1, 2n]]), bytes: new Uint8Array([1]) });
  });

  it("give errors back as they were thrown", async () => {
    const failed = await inThreads(() => tasks.fails().catch((error: unknown) => error));
    expect(failed).toBeInstanceOf(NonRetryable);
    expect(failed).toMatchObject({ message: "no such page", cause: new TypeError("below") });
    expect((failed as Error).stack).toContain("thread-tasks");
    const own = await inThreads(() => tasks.failsOwn().catch((error: unknown) => error));
    expect(own).toBeInstanceOf(RangeError);
    expect(own).toMatchObject({ message: "too far", status: 503, at: new Date(0) });
  });

  it("keep the run's lines, artifacts, events, variables and limits", async () => {
    expect(await inThreads(() => tasks.talks("a"), "talks-in-threads")).toEqual({
      task: "talks",
      flow: "talks-in-threads",
      artifact: expect.any(String) as string,
      inside: { name: "a" },
    });
    const { logs, artifacts, events, flowRuns } = await (await getControl()).repositories();
    const [run] = (await flowRuns.list({ flowName: "talks-in-threads" }, { limit: 1 })).rows;
    const lines = (await logs.list({ flowRunId: run?.id ?? "" }, { limit: 10 })).rows;
    expect(lines.map((line) => [line.logger, line.message]).slice(0, 2)).toEqual([
      ["segno.task_runs", "from a thread threadId=true"],
      ["segno.prints", "printed a"],
    ]);
    expect(lines[0]?.taskRunId).not.toBeNull();
    expect((await artifacts.list({ key: "thread-a" }, { limit: 2 })).rows).toMatchObject([
      { flowRunId: run?.id },
    ]);
    expect((await events.list({ event: "thread.spoke" }, { limit: 2 })).rows).toHaveLength(1);
  });

  it("tell a retry what the attempt before said last", async () => {
    expect(await inThreads(() => tasks.stopsAt(50))).toBe(50);
  });

  it("abort the signal of a task that times out, and end the thread of one that does not heed it", async () => {
    const outcome = await inThreads(async () => {
      const [heeding, spinning] = await Promise.allSettled([tasks.heedsSignal(), tasks.spins()]);
      // Both threads' places are free again.
      return [heeding, spinning, await Promise.all([tasks.echo(1), tasks.echo(2), tasks.echo(3)])];
    });
    expect(outcome).toMatchObject([
      { status: "rejected", reason: { code: "SEGNO_TIMED_OUT" } },
      { status: "rejected", reason: { code: "SEGNO_TIMED_OUT" } },
      [1, 2, 3],
    ]);
    while ((await variables.get("heeded")) === undefined) await delay(20);
    expect(await variables.get("heeded")).toContain("took longer than its timeout of 300ms");
  });

  it("outlive a thread that ends itself", async () => {
    const exits = inThreads(() => tasks.exits());
    await expect(exits).rejects.toThrow(/The worker thread of task "exits" ended before the task did: .*3/);
    expect(await inThreads(() => tasks.echo("next"))).toBe("next");
  });

  it("are closed once their tasks have ended, and may be used again", async () => {
    const own = threads({ maxThreads: 1 });
    const f = flow({ name: "closes", taskRunner: own }, async () => {
      const echoes = tasks.echo.map(["a", "b"]);
      await step("close", () => own.close?.());
      return [...(await echoes), await tasks.echo("c")];
    });
    expect(await f()).toEqual(["a", "b", "c"]);
    await own.close?.();
  });

  it("refuse what cannot cross, naming it", async () => {
    await expect(inThreads(() => tasks.echo(() => 1))).rejects.toMatchObject({
      code: "SEGNO_NOT_CLONEABLE",
      message: expect.stringMatching(/^Argument 1 of task "echo" cannot go to a worker thread/) as string,
    });
    await expect(inThreads(() => tasks.returnsFunction())).rejects.toMatchObject({
      code: "SEGNO_NOT_CLONEABLE",
      message: expect.stringMatching(/^The result of task "returns-function" cannot leave/) as string,
    });
  });

  it("refuse calls of tasks from a thread", async () => {
    await expect(inThreads(() => tasks.nested())).rejects.toMatchObject({
      code: "SEGNO_THREAD_CALL",
      facts: { task: "nested", called: "echo" },
    });
  });

  it("refuse a task that its module does not define, and a module that starts something", async () => {
    const hidden = task({ name: "hidden" }, () => 1);
    const wrong = await inThreads(() => hidden()).catch((error: unknown) => error);
    // This file is a test's: what a thread cannot load is told with its name.
    expect(wrong).toMatchObject({ facts: { task: "hidden", file: import.meta.filename } });
    const eager = await import("./fixtures/eager.ts");
    await expect(inThreads(() => eager.eager())).rejects.toMatchObject({
      code: "SEGNO_THREAD_LOAD",
      cause: expect.objectContaining({ code: "SEGNO_THREAD_STORE" }) as unknown,
    });
  });

  it.each([{ maxThreads: 0 }, { maxThreads: 1.5 }, { idleTimeout: "soon" }])("refuse %o", (options) => {
    expect(() => threads(options)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/INVALID/) as string }),
    );
  });

  // Enums are what only a TypeScript loader, and no stripping of types, can read.
  it.each([
    ["JavaScript", "mjs", [], ""],
    ["TypeScript", "mts", ["--import", import.meta.resolve("tsx")], "enum Place { There = 1 }\n"],
  ])(
    "run %s against what was built, and let the process end although they idle",
    async (_, ext, args, types) => {
      const script = join(newFolder(), `program.${ext}`);
      const segno = pathToFileURL(join(import.meta.dirname, "../../../dist/index.js")).href;
      writeFileSync(
        script,
        `${types}import { threadId } from "node:worker_threads";
       import { flow, isMain, NonRetryable, task, threads } from ${JSON.stringify(segno)};
       const where = task({ name: "where", retries: 9 }, (fails) => {
         if (fails) throw new NonRetryable("own");
         return threadId;
       });
       const taskRunner = threads({ idleTimeout: "1h" });
       const main = flow({ name: "main", taskRunner }, async () => {
         const error = await where(true).catch((reason) => reason);
         return [await where(false), error instanceof NonRetryable];
       });
       if (isMain(import.meta)) console.log(JSON.stringify(await main()));`,
      );
      const { stdout } = await promisify(execFile)(process.execPath, [...args, script], {
        env: { ...process.env, SEGNO_HOME: newFolder() },
        timeout: 50_000,
      });
      expect(stdout).toMatch(/^\[[1-9]\d*,true\]\n$/);
    },
  );
});
