import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { TimedOutError } from "../../core/errors.ts";
import { flow, INPUTS, sleep, task, transaction } from "../index.ts";
import { cached, entriesOf, flowOf, stateNames, world } from "./fixtures/world.ts";

ownStore();

describe("a transaction that throws", () => {
  it("undoes what was done in reverse order, and throws on", async () => {
    const { log, note, a, b, c } = world();
    const failing = flowOf(() =>
      transaction(async () => {
        await a(1);
        await b(2);
        await c(-3);
      }).finally(() => note("left")),
    );
    await expect(failing).rejects.toThrow("c -3");
    expect(log).toEqual(["run a 1", "run b 2", "run c -3", "undo b 2", "undo a 1", "left"]);
    expect(await stateNames()).toEqual(["a RolledBack", "b RolledBack", "c Failed"]);
    const [entry] = await entriesOf();
    expect(entry).toMatchObject({ stateType: "COMPLETED", result: { text: "1" } });
    expect(entry?.states.map((mark) => mark[1])).toEqual(["Running", "Completed", "RolledBack"]);
    expect(entry?.endAt).toBe(entry?.states[1]?.[2]);
  });

  it("keeps no cache row, and marks tasks without hooks as well", async () => {
    const { noted } = world();
    const plain = noted("plain", { cacheKey: () => "plain", onRollback: [] });
    const failing = flowOf(() =>
      transaction(async () => {
        await plain(1);
        await plain(2);
        throw new Error("no");
      }),
    );
    await expect(failing).rejects.toThrow("no");
    expect(await cached("plain")).toBe(false);
    expect(await stateNames()).toEqual(["plain RolledBack", "plain RolledBack"]);
    const marks = (await entriesOf())[1]?.states.map((mark) => mark[1]);
    expect(marks).toEqual(["Cached", "RolledBack"]);
  });

  it("leaves alone what came out of the cache", async () => {
    const { log, noted } = world();
    const kept = noted("kept", { cachePolicy: INPUTS });
    await flowOf(() => kept(1));
    const failing = flowOf(() =>
      transaction(async () => {
        await kept(1);
        throw new Error("no");
      }),
    );
    await expect(failing).rejects.toThrow("no");
    expect(log).toEqual(["run kept 1", "commit kept 1"]);
    expect(await stateNames()).toEqual(["kept Cached"]);
  });

  it("waits for tasks that still run, and undoes them too", async () => {
    const { log, b } = world();
    const slow = task({ name: "slow", onRollback: () => void log.push("undo slow") }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push("run slow");
    });
    const failing = flowOf(() =>
      transaction(async () => {
        await Promise.all([slow(), b(-1)]);
      }),
    );
    await expect(failing).rejects.toThrow("b -1");
    expect(log).toEqual(["run b -1", "run slow", "undo slow"]);
  });

  it("undoes the others when an onRollback hook fails", async () => {
    const { log, a, noted } = world();
    const bad = noted("bad", {
      onRollback: [
        () => {
          throw new Error("hook broke");
        },
        () => void log.push("second hook of bad"),
      ],
    });
    const failing = flowOf(() =>
      transaction(async () => {
        await a(1);
        await bad(2);
        throw new Error("no");
      }),
    );
    await expect(failing).rejects.toThrow("no");
    expect(log.slice(2)).toEqual(["second hook of bad", "undo a 1"]);
    expect(await stateNames()).toEqual(["a RolledBack", "bad RolledBack"]);
  });

  it("is undone when its flow takes too long", async () => {
    const { log, a } = world();
    const f = flow({ name: "tx", timeout: 100 }, () =>
      transaction(async () => {
        await a(1);
        await sleep("1h");
      }),
    );
    await expect(f()).rejects.toBeInstanceOf(TimedOutError);
    expect(log).toEqual(["run a 1", "undo a 1"]);
    expect(await stateNames()).toEqual(["a RolledBack"]);
  });

  it("is undone when its run was cancelled and the block did not notice", async () => {
    const { log, a, noted } = world();
    const keyed = noted("k", { cacheKey: () => "k" });
    const cancel = new AbortController();
    const f = flow({ name: "tx" }, () =>
      transaction(async () => {
        await a(1);
        await keyed(2);
        cancel.abort();
      }),
    );
    await expect(f.run({ signal: cancel.signal })).rejects.toMatchObject({ code: "SEGNO_CANCELLED" });
    expect(log.slice(2)).toEqual(["undo k 2", "undo a 1"]);
    expect(await cached("k")).toBe(false);
  });

  it("is undone when its run is cancelled", async () => {
    const { log, a } = world();
    const cancel = new AbortController();
    const f = flow({ name: "tx" }, () =>
      transaction(async () => {
        await a(1);
        cancel.abort();
        await sleep("1h");
      }),
    );
    await expect(f.run({ signal: cancel.signal })).rejects.toMatchObject({ code: "SEGNO_CANCELLED" });
    expect(log).toEqual(["run a 1", "undo a 1"]);
    expect(await stateNames()).toEqual(["a RolledBack"]);
  });
});
