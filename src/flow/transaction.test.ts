import { AsyncResource } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { ownStore } from "../../test/support/own-store.ts";
import { RefusedError } from "../core/errors.ts";
import { getTransaction, task, transaction } from "./index.ts";
import { flowOf, world } from "./transactions/fixtures/world.ts";

ownStore();

describe("in a task and outside", () => {
  it("works in the body of a task that no flow calls", async () => {
    const { log, a } = world();
    const body = task({ name: "body" }, () => transaction(() => a(1)));
    expect(await body()).toBe(1);
    expect(log).toEqual(["run a 1", "commit a 1"]);
  });

  it("a task outside any transaction commits by itself", async () => {
    const states: unknown[] = [];
    const one = task(
      { name: "one", onCommit: (tx, { value }) => states.push([tx.state, value]) },
      async () => 1,
    );
    await flowOf(() => one());
    expect(states).toEqual([["committed", 1]]);
  });

  it("getTransaction() knows the block, and no block", async () => {
    expect(getTransaction()).toBeNull();
    const inTask = task({ name: "in-task" }, async () => getTransaction());
    await flowOf(async () => {
      expect(getTransaction()).toBeNull();
      await transaction({ key: "k" }, async (tx) => {
        expect(getTransaction()).toBe(tx);
        expect(await inTask()).toBeNull();
        await transaction(async (inner) => expect(getTransaction()).toBe(inner));
        expect(getTransaction()).toBe(tx);
      });
      expect(getTransaction()).toBeNull();
    });
  });
});

describe("what is refused", () => {
  it("a transaction outside a run", async () => {
    await expect(transaction(async () => 1)).rejects.toMatchObject({ code: "SEGNO_NO_RUN" });
  });

  it.each([
    [{ key: "" }, /`key` must be text of 1 to 1900 characters; got ""/],
    [{ key: 7 }, /`key` must be text.*got 7/],
    [{ isolation: "serializable" }, /`key` must be given when it is serializable/],
    [{ isolation: "snapshot" }, /is "read-committed" or "serializable"; got snapshot/],
    [{ commitMode: "later" }, /`commitMode` must be "lazy", "eager" or "off"/],
    [{ overwrite: 1 }, /`overwrite` must be true or false/],
    [{ lockTimeout: "x" }, /lockTimeout.*expected a duration/],
    [null, /`options` must be an object; got null/],
  ])("options such as %j", async (options, message) => {
    const refused = flowOf(() => transaction(options as never, async () => 1));
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(RefusedError);
  });

  it("a block that is no function", async () => {
    await expect(flowOf(() => transaction({ key: "k" }, undefined as never))).rejects.toThrow(
      /`work` must be a function; got undefined/,
    );
  });

  it("a call in a transaction that has ended", async () => {
    const { a } = world();
    let late: () => Promise<number> = () => a(0);
    const refused = flowOf(async () => {
      await transaction(async () => {
        // Keeps the block's context for later.
        late = AsyncResource.bind(() => a(1));
      });
      return late();
    });
    await expect(refused).rejects.toMatchObject({ code: "SEGNO_TRANSACTION_ENDED" });
  });
});
