import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { transaction, type TransactionView } from "../index.ts";
import { cached, flowOf, stateNames, world } from "./fixtures/world.ts";

ownStore();

describe("a transaction in another", () => {
  it("commits with it, when it is lazy", async () => {
    const { log, note, a, b } = world();
    await flowOf(() =>
      transaction(async () => {
        await transaction(async (inner) => {
          await a(1);
          expect(inner.state).toBe("active");
        });
        note("inner left");
        await b(2);
      }),
    );
    expect(log.slice(1)).toEqual(["inner left", "run b 2", "commit a 1", "commit b 2"]);
  });

  it("is undone with it, and sees what the outer one set", async () => {
    const { log, a, b, noted } = world();
    const views: TransactionView[] = [];
    const inner = noted("inner", {
      onRollback: (tx) => void log.push(`undo inner ${String(tx.get("who"))}`),
    });
    const failing = flowOf(() =>
      transaction(async (outer) => {
        outer.set("who", "outer");
        await a(1);
        await transaction(async (tx) => {
          views.push(tx);
          expect(tx.get("who")).toBe("outer");
          tx.set("who", "own");
          await inner(2);
        });
        expect(outer.get("who")).toBe("outer");
        await b(-1);
      }),
    );
    await expect(failing).rejects.toThrow("b -1");
    expect(log.slice(3)).toEqual(["undo inner own", "undo a 1"]);
    expect(views[0]?.state).toBe("rolled-back");
  });

  it("commits by itself when it is eager, and stays so", async () => {
    const { log, a, b } = world();
    const failing = flowOf(() =>
      transaction(async () => {
        await transaction({ commitMode: "eager" }, () => a(1));
        await b(2);
        throw new Error("no");
      }),
    );
    await expect(failing).rejects.toThrow("no");
    expect(log).toEqual(["run a 1", "commit a 1", "run b 2", "undo b 2"]);
    expect(await stateNames()).toEqual(["a Completed", "b RolledBack"]);
  });

  it("is undone alone when it throws and the outer block goes on", async () => {
    const { log, a, b, c } = world();
    await flowOf(() =>
      transaction(async () => {
        await a(1);
        await transaction(async () => {
          await b(2);
          throw new Error("inner");
        }).catch(() => undefined);
        await c(3);
      }),
    );
    expect(log).toEqual(["run a 1", "run b 2", "undo b 2", "run c 3", "commit a 1", "commit c 3"]);
  });

  it("shows its staged cache rows to the outer block, and its own calls those of the outer", async () => {
    const { log, noted } = world();
    const keyed = noted("k", { cacheKey: ({ args: [n] }) => `key-${n}`, onCommit: [] });
    await flowOf(() =>
      transaction(async () => {
        await keyed(1);
        await transaction(async () => {
          await keyed(1);
          await keyed(2);
        });
        await keyed(2);
      }),
    );
    expect(log).toEqual(["run k 1", "run k 2"]);
    expect([await cached("key-1"), await cached("key-2")]).toEqual([true, true]);
  });

  it("with mode off counts only there: alone it is undone although nothing failed", async () => {
    const { log, a, b } = world();
    expect(await flowOf(() => transaction({ commitMode: "off" }, () => a(1)))).toBe(1);
    await flowOf(() =>
      transaction({ commitMode: "lazy" }, () => transaction({ commitMode: "off" }, () => b(2))),
    );
    expect(log).toEqual(["run a 1", "undo a 1", "run b 2", "commit b 2"]);
  });
});
