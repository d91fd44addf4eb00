import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ownStore } from "../../test/support/own-store.ts";
import { concurrency, flow, getConcurrencyLimit, setConcurrencyLimit, task } from "./index.ts";
import { getControl } from "./control.ts";

ownStore();

async function entriesOf(flowName: string) {
  const { flowRuns, taskRuns } = await (await getControl()).repositories();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  return (await taskRuns.list({ flowRunId: run?.id ?? "" }, { limit: 100 })).rows;
}

describe("the limit of a tag", () => {
  it("holds for every task that has the tag, and its waiters say what they wait for", async () => {
    await setConcurrencyLimit("tag:model", 2);
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await delay(3);
      inside--;
    };
    const embed = task({ name: "embed", tags: ["model", "other"] }, work);
    const rerank = task({ name: "rerank", tags: ["model"] }, work);
    const f = flow({ name: "tagged" }, async () => {
      await Promise.all([1, 2, 3, 4].flatMap(() => [embed(), rerank()]));
    });
    await f();
    expect({ most, inside }).toEqual({ most: 2, inside: 0 });
    expect((await getConcurrencyLimit("tag:model"))?.activeSlots).toBe(0);
    const names = (await entriesOf("tagged")).map((row) => row.states.map((mark) => mark[1]));
    expect(names.filter((states) => states.includes("AwaitingConcurrencySlot"))).toHaveLength(6);
    expect(names.every((states) => states.at(-1) === "Completed")).toBe(true);
  });

  it("is not waited for by a task that another one under it calls", async () => {
    await setConcurrencyLimit("tag:one", 1);
    const inner = task({ name: "inner", tags: ["one"] }, () => 1);
    const outer = task({ name: "outer", tags: ["one"] }, async () => (await inner()) + 1);
    expect(await flow({ name: "nested-tags" }, () => outer())()).toBe(2);
    expect(await outer()).toBe(2);
    expect((await getConcurrencyLimit("tag:one"))?.activeSlots).toBe(0);
  });

  it("that is 0 fails the task at once", async () => {
    await setConcurrencyLimit("tag:shut", 0);
    const shut = task({ name: "shut", tags: ["shut"], retries: 3 }, () => 1);
    await expect(flow({ name: "shut-tag" }, () => shut())()).rejects.toMatchObject({
      code: "SEGNO_LIMIT_CLOSED",
    });
    expect((await entriesOf("shut-tag")).map((row) => [row.stateName, row.runCount])).toEqual([
      ["Failed", 0],
    ]);
  });

  it("comes back when the task fails, and is held through its retries", async () => {
    await setConcurrencyLimit("tag:one", 1);
    const seen: (number | undefined)[] = [];
    const flaky = task({ name: "flaky", tags: ["one"], retries: 1 }, async () => {
      seen.push((await getConcurrencyLimit("tag:one"))?.activeSlots);
      throw new Error("no");
    });
    await expect(flaky()).rejects.toThrow("no");
    expect(seen).toEqual([1, 1]);
    expect((await getConcurrencyLimit("tag:one"))?.activeSlots).toBe(0);
  });

  it("is the same limit that concurrency() takes under its full name", async () => {
    await setConcurrencyLimit("tag:one", 1);
    const tagged = task({ name: "tagged-one", tags: ["one"] }, () =>
      concurrency("tag:one", { timeout: 20 }, () => 1),
    );
    await expect(tagged()).rejects.toMatchObject({ code: "SEGNO_SLOT_TIMEOUT" });
  });
});
