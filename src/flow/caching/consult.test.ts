import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import {
  cachePolicy,
  closeSegno,
  DEFAULT,
  FLOW_PARAMETERS,
  flow,
  INPUTS,
  NONE,
  RUN_ID,
  step,
  task,
  TASK_SOURCE,
} from "../index.ts";
import { getControl } from "../control.ts";
import { counted, newestEntries } from "./fixtures/counted.ts";

ownStore();

describe("a task without a cache policy", () => {
  it.each([[{}], [{ cachePolicy: NONE }], [{ cachePolicy: NONE, cacheExpiration: "1h" }]])(
    "%j runs every time",
    async (options) => {
      const { ran, run } = counted(options);
      await run({ ns: [1, 1] });
      expect(ran).toEqual([1, 1]);
      expect((await newestEntries()).map((entry) => [entry.cacheKey, entry.stateName])).toEqual([
        [null, "Completed"],
        [null, "Completed"],
      ]);
    },
  );
});

describe("INPUTS", () => {
  it("gives a value from an earlier run, with another state and its key on record", async () => {
    const { ran, run } = counted({ cachePolicy: INPUTS });
    expect(await run({ ns: [1, 2] })).toEqual([2, 4]);
    expect(await run({ ns: [2, 1, 3] })).toEqual([4, 2, 6]);
    expect(ran).toEqual([1, 2, 3]);
    const entries = await newestEntries();
    expect(entries.map((entry) => entry.stateName)).toEqual(["Cached", "Cached", "Completed"]);
    expect(entries.every((entry) => entry.cacheKey?.startsWith("counted:") === true)).toBe(true);
    expect(entries[0]?.runCount).toBe(0);
  });

  it("keeps values that JSON does not have, and large ones in result storage", async () => {
    const at = new Date(0);
    const { ran, run } = counted({ cachePolicy: INPUTS }, (n) => ({
      at,
      all: new Set([n]),
      text: "x".repeat(100_000),
    }));
    const [first] = await run({ ns: [1] });
    expect(await run({ ns: [1] })).toEqual([first]);
    expect(first).toMatchObject({ at, all: new Set([1]) });
    expect(ran).toEqual([1]);
  });

  it("is asked with the values of futures", async () => {
    const ran: number[] = [];
    const source = task({ name: "source" }, async (n: number) => n);
    const sink = task({ name: "sink", cachePolicy: INPUTS }, async (n: number, other: { n: number }) => {
      ran.push(n + other.n);
      return n;
    });
    const f = flow({ name: "futures" }, async () => {
      await sink(1, { n: 2 });
      await sink(source.submit(1), { n: source.submit(2) });
    });
    await f();
    expect(ran).toEqual([3]);
  });

  it("leaves arguments out by name", async () => {
    const ran: string[] = [];
    const load = task(
      { name: "load", cachePolicy: INPUTS.minus("client", "options.trace") },
      async (path: string, options: { depth: number; trace: string }, client: { get(): string }) => {
        ran.push(`${path}${options.depth}${client.get()}`);
        return path;
      },
    );
    const f = flow({ name: "minus" }, async () => {
      await load("a", { depth: 1, trace: "x" }, { get: () => "1" });
      await load("a", { depth: 1, trace: "y" }, { get: () => "2" });
      await load("a", { depth: 2, trace: "y" }, { get: () => "3" });
    });
    await f();
    expect(ran).toEqual(["a11", "a23"]);
  });

  it("refuses an argument that cannot be hashed before the body runs", async () => {
    const ran: unknown[] = [];
    const one = task({ name: "unhashable", retries: 3, cachePolicy: INPUTS }, async (client: () => void) => {
      ran.push(client);
    });
    await expect(flow({ name: "f" }, () => one(() => undefined))()).rejects.toMatchObject({
      code: "SEGNO_UNHASHABLE",
    });
    expect(ran).toEqual([]);
    const entries = await newestEntries("f");
    expect(entries.map((entry) => [entry.stateName, entry.runCount])).toEqual([["Failed", 0]]);
  });

  it("caches steps and tasks outside a flow", async () => {
    let runs = 0;
    const load = () => step("load", { cacheKey: () => "load" }, () => ++runs);
    const one = task({ name: "outside", cachePolicy: INPUTS }, async (n: number) => [n, ++runs]);
    expect([await flow({ name: "a" }, load)(), await flow({ name: "b" }, load)()]).toEqual([1, 1]);
    expect([await one(1), await one(1), await one(2)]).toEqual([
      [1, 2],
      [1, 2],
      [2, 3],
    ]);
  });

  it("does not keep what failed", async () => {
    let failures = 0;
    const { ran, run } = counted({ cachePolicy: INPUTS }, (n) => {
      if (failures++ === 0) throw new Error("first");
      return n;
    });
    await expect(run({ ns: [1] })).rejects.toThrow("first");
    expect(await run({ ns: [1] })).toEqual([1]);
    expect(await run({ ns: [1] })).toEqual([1]);
    expect(ran).toEqual([1, 1]);
  });
});

describe("the other policies", () => {
  it("TASK_SOURCE computes anew when the task's code changed", async () => {
    const options = { name: "source", cachePolicy: INPUTS.plus(TASK_SOURCE) };
    const before = task(options, async (n: number) => n + 1);
    const after = task(options, async (n: number) => n + 2);
    const again = task(options, async (n: number) => n + 1);
    const values = await flow({ name: "f" }, async () => [await before(1), await after(1), await again(1)])();
    expect(values).toEqual([2, 3, 2]);
    const entries = await newestEntries("f");
    expect(entries.map((entry) => entry.stateName)).toEqual(["Completed", "Completed", "Cached"]);
  });

  it("INPUTS alone does not look at the code", async () => {
    const options = { name: "source", cachePolicy: INPUTS };
    const before = task(options, async (n: number) => n + 1);
    const after = task(options, async (n: number) => n + 2);
    expect(await flow({ name: "f" }, async () => [await before(1), await after(1)])()).toEqual([2, 2]);
  });

  it.each([
    ["RUN_ID", RUN_ID, [1, 2, 3], 2],
    ["DEFAULT", DEFAULT, [1, 1, 2], 4],
  ])("%s caches within a run", async (_name, policy, ns, times) => {
    const { ran, run } = counted({ cachePolicy: policy });
    await run({ ns });
    await run({ ns });
    expect(ran).toHaveLength(times);
  });

  it("FLOW_PARAMETERS follows the flow's input, whatever the arguments are", async () => {
    const { ran, run } = counted({ cachePolicy: FLOW_PARAMETERS });
    expect(await run({ ns: [1, 2], note: "a" })).toEqual([2, 2]);
    expect(await run({ ns: [1, 2], note: "b" })).toEqual([2, 2]);
    expect(await run({ note: "a", ns: [1, 2] })).toEqual([2, 2]);
    expect(ran).toEqual([1, 1]);
  });

  it("cacheKey gives the key as it is, for all tasks that give it, or null", async () => {
    const key = (n: number) => (n < 0 ? null : `parity-${n % 2}`);
    const { ran, run } = counted({ cacheKey: ({ args: [n] }) => key(n) });
    expect(await run({ ns: [1, 3, 2, -1, -1] })).toEqual([2, 2, 4, -2, -2]);
    expect(ran).toEqual([1, 2, -1, -1]);
    const other = task(
      { name: "other", cacheKey: ({ args: [n] }) => key(n) },
      async (n: number) => `other ${n}`,
    );
    expect(await other(5)).toBe(2);
    const row = await (await getControl()).cache.get("parity-1", 0);
    expect(row).toMatchObject({ result: { kind: "inline", text: "2" }, expiresAt: null });
  });

  it("a key function knows the flow's input and its run", async () => {
    const seen: unknown[] = [];
    const one = task(
      {
        name: "told",
        cachePolicy: cachePolicy((context) => {
          seen.push(context);
          return "k";
        }),
      },
      async (n: number) => n,
    );
    await flow({ name: "teller" }, (input: { a: number }) => one(input.a))({ a: 1 });
    const { flowRuns } = await (await getControl()).repositories();
    const run = (await flowRuns.list({ flowName: "teller" }, { limit: 1 })).rows[0];
    expect(seen).toEqual([{ taskName: "told", args: [1], parameters: { a: 1 }, flowRunId: run?.id }]);
  });
});

describe("expiry and refresh", () => {
  it("computes anew after the expiration, and not before", async () => {
    const { ran, run } = counted({ cachePolicy: INPUTS, cacheExpiration: "1h" });
    await run({ ns: [1, 1] });
    expect(ran).toEqual([1]);
    const { cache } = await getControl();
    const key = (await newestEntries())[0]?.cacheKey ?? "";
    const row = await cache.get(key, 0);
    if (row?.expiresAt == null) throw new Error("the row does not expire");
    expect(row.expiresAt - row.createdAt).toBe(3_600_000_000);
    await cache.put({ ...row, expiresAt: row.createdAt - 1 });
    await run({ ns: [1, 1] });
    expect(ran).toEqual([1, 1]);
    expect((await newestEntries()).map((entry) => entry.cacheExpiration !== null)).toEqual([true, true]);
  });

  it("clears expired rows away", async () => {
    const { run } = counted({ cachePolicy: INPUTS, cacheExpiration: "1h" });
    const { cache } = await getControl();
    const result = { kind: "inline", text: "1" } as const;
    await cache.put({ key: "old", result, taskRunId: null, expiresAt: 2, createdAt: 1 });
    await run({ ns: [1] });
    expect(await cache.sweep(3, 10)).toBe(0);
    await cache.put({ key: "old", result, taskRunId: null, expiresAt: 2, createdAt: 1 });
    expect(await cache.sweep(3, 10)).toBe(1);
  });

  it("refreshCache runs and writes anew", async () => {
    let value = 0;
    const { run } = counted({ cachePolicy: INPUTS }, () => ++value);
    const fresh = counted({ cachePolicy: INPUTS, refreshCache: true }, () => ++value);
    expect(await run({ ns: [1, 1] })).toEqual([1, 1]);
    expect(await fresh.run({ ns: [1, 1] })).toEqual([2, 3]);
    expect(await run({ ns: [1] })).toEqual([3]);
  });

  it("SEGNO_TASKS_REFRESH_CACHE refreshes unless the task says otherwise", async () => {
    let value = 0;
    const { run } = counted({ cachePolicy: INPUTS }, () => ++value);
    expect(await run({ ns: [1] })).toEqual([1]);
    await closeSegno();
    vi.stubEnv("SEGNO_TASKS_REFRESH_CACHE", "true");
    expect(await run({ ns: [1] })).toEqual([2]);
    const kept = counted({ cachePolicy: INPUTS, refreshCache: false }, () => ++value);
    expect(await kept.run({ ns: [1] })).toEqual([2]);
  });

  it("SEGNO_TASKS_DISABLE_CACHING neither reads nor writes", async () => {
    const { ran, run } = counted({ cachePolicy: INPUTS });
    await run({ ns: [1] });
    await closeSegno();
    vi.stubEnv("SEGNO_TASKS_DISABLE_CACHING", "true");
    await run({ ns: [1, 2] });
    await closeSegno();
    vi.stubEnv("SEGNO_TASKS_DISABLE_CACHING", "false");
    await run({ ns: [1, 2] });
    expect(ran).toEqual([1, 1, 2, 2]);
  });
});

describe("a cached result that cannot be read", () => {
  const files = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  it.each([
    ["missing", (file: string) => rmSync(file)],
    ["damaged", (file: string) => writeFileSync(file, "{}")],
  ])("is computed again when it is %s", async (_how, harm) => {
    let runs = 0;
    const large = task({ name: "large", cachePolicy: INPUTS }, async (n: number) => {
      runs++;
      return "x".repeat(n);
    });
    const f = flow({ name: "loses" }, async () => (await large(100_000)).length);
    await f();
    const stored = files((await getControl()).settings.results.path);
    expect(stored).toHaveLength(1);
    for (const file of stored) harm(file);
    expect([await f(), runs]).toEqual([100_000, 2]);
    const { logs } = await (await getControl()).repositories();
    const entry = (await newestEntries("loses"))[0];
    const lines = (await logs.list({ flowRunId: entry?.flowRunId ?? "" }, { limit: 10 })).rows;
    expect(lines.map((line) => line.message).join("\n")).toContain("cannot be read, so it is computed again");
    expect([await f(), runs]).toEqual([100_000, 2]);
  });
});
