import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { sleep, step, task, transaction } from "../index.ts";
import { getControl } from "../control.ts";
import { cached, flowOf, stateNames, world } from "./fixtures/world.ts";

ownStore();

describe("a transaction that commits", () => {
  it("runs the hooks of its tasks in order, when the block has ended", async () => {
    const { log, note, a, b } = world();
    const value = await flowOf(() =>
      transaction(async (tx) => {
        await a(1);
        await b(2);
        note(`end ${tx.state}`);
        return "value";
      }),
    );
    expect(value).toBe("value");
    expect(log).toEqual(["run a 1", "run b 2", "end active", "commit a 1", "commit b 2"]);
    expect(await stateNames()).toEqual(["a Completed", "b Completed"]);
  });

  it("tells hooks which task run they belong to, and shows them what the block left", async () => {
    const seen: unknown[] = [];
    const one = task(
      {
        name: "one",
        taskRunName: "one {n}",
        onCommit: [
          (tx, done) => seen.push([tx.get("path"), tx.state, done.task.name, done.taskRun.name, done.value]),
          (tx) => seen.push(tx.get("missing")),
        ],
      },
      async (n: number) => ({ n }),
    );
    await flowOf(() =>
      transaction(async (tx) => {
        await one(7);
        tx.set("path", "/p");
      }),
    );
    expect(seen).toEqual([["/p", "committed", "one", "one 7", { n: 7 }], undefined]);
  });

  it("writes the cache rows of its tasks at its end, and shows them to its own calls before", async () => {
    const { log, noted } = world();
    const keyed = noted("k", { cacheKey: ({ args: [n] }) => `key-${n}` });
    await flowOf(() =>
      transaction(async () => {
        await keyed(1);
        expect(await cached("key-1")).toBe(false);
        await keyed(1);
      }),
    );
    expect(await cached("key-1")).toBe(true);
    expect(log).toEqual(["run k 1", "commit k 1"]);
    expect(await stateNames()).toEqual(["k Completed", "k Cached"]);
  });

  it("waits for what the block began and did not await", async () => {
    const { log, b } = world();
    const slow = task({ name: "slow", onCommit: () => void log.push("commit slow") }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push("run slow");
    });
    await flowOf(() =>
      transaction(async () => {
        void slow.submit();
        await b(1);
      }),
    );
    expect(log).toEqual(["run b 1", "run slow", "commit b 1", "commit slow"]);
  });

  it("goes on when a hook fails, and logs it", async () => {
    const { log, b, noted } = world();
    const bad = noted("bad", {
      onCommit: () => {
        throw new Error("hook broke");
      },
    });
    expect(await flowOf(() => transaction(async () => (await bad(1)) + (await b(2))))).toBe(3);
    expect(log).toContain("commit b 2");
    const { flowRuns, logs } = await (await getControl()).repositories();
    const run = (await flowRuns.list({ flowName: "tx" }, { limit: 1 })).rows[0];
    const lines = (await logs.list({ flowRunId: run?.id ?? "" }, { limit: 10 })).rows.map(
      (line) => line.message,
    );
    expect(lines).toContain('onCommit of task "bad" failed: hook broke');
  });

  it("takes steps in, and gives hooks a journal of their own", async () => {
    const seen: unknown[] = [];
    await flowOf(() =>
      transaction(async () => {
        const onCommit = async () => {
          await sleep(1);
          seen.push(await step("told", () => "in hook"));
        };
        await step("work", { onCommit }, () => 1);
      }),
    );
    expect(seen).toEqual(["in hook"]);
    expect(await stateNames()).toEqual(["work Completed", "told Completed"]);
  });
});
