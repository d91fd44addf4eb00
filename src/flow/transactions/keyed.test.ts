import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { flow, sleep, transaction } from "../index.ts";
import { cached, flowOf, world } from "./fixtures/world.ts";

ownStore();

describe("a transaction with a key", () => {
  const once = (note: (what: string) => void, a: (n: number) => Promise<number>, options = {}) =>
    flowOf(() =>
      transaction({ key: "order-1", ...options }, async (tx) => {
        note(`committed ${tx.isCommitted()}`);
        if (!tx.isCommitted()) await a(1);
        return tx.key;
      }),
    );

  it("knows that one of its key committed before, in any run", async () => {
    const { log, note, a } = world();
    expect(await once(note, a)).toBe("order-1");
    await once(note, a);
    expect(log).toEqual(["committed false", "run a 1", "commit a 1", "committed true"]);
  });

  it("does not know of one that was rolled back", async () => {
    const { log, note, a } = world();
    const failing = flowOf(() =>
      transaction({ key: "order-1" }, async () => {
        throw new Error("no");
      }),
    );
    await expect(failing).rejects.toThrow("no");
    await once(note, a);
    expect(log[0]).toBe("committed false");
  });

  it("is committed with the one around it", async () => {
    const { log, note, a } = world();
    await flowOf(() =>
      transaction(async () => {
        await transaction({ key: "order-1" }, () => a(1));
        expect(await cached("transaction:order-1")).toBe(false);
      }),
    );
    await once(note, a);
    expect(log.at(-1)).toBe("committed true");
  });

  it("begins as if nothing was committed with overwrite", async () => {
    const { log, note, a } = world();
    await once(note, a);
    await once(note, a, { overwrite: true });
    expect(log.slice(3)).toEqual(["committed false", "run a 1", "commit a 1"]);
  });

  it("is the only one of its key when it is serializable", async () => {
    const log: string[] = [];
    const one = (name: string) =>
      flow({ name }, () =>
        transaction({ key: "k", isolation: "serializable" }, async (tx) => {
          log.push(`${tx.isCommitted()} in`);
          await sleep(10);
          log.push("out");
        }),
      )();
    await Promise.all([one("x"), one("y"), one("z")]);
    expect(log).toEqual(["false in", "out", "true in", "out", "true in", "out"]);
  });

  it("gives up waiting after lockTimeout", async () => {
    const holding = transactionsOverlap();
    await expect(holding).rejects.toMatchObject({ code: "SEGNO_CACHE_LOCK_TIMEOUT" });
  });

  async function transactionsOverlap() {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const isolation = "serializable" as const;
    const first = flow({ name: "first" }, () => transaction({ key: "k", isolation }, () => opened))();
    const second = flow({ name: "second" }, () =>
      transaction({ key: "k", isolation, lockTimeout: 30 }, async () => "never"),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      return await second();
    } finally {
      open();
      await first;
    }
  }
});
