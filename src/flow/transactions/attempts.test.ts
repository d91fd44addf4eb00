import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { task, transaction } from "../index.ts";
import { flowOf, world } from "./fixtures/world.ts";

ownStore();

describe("attempts", () => {
  it("of a flow run do again what was rolled back, and undo it again", async () => {
    const { log, a } = world();
    let attempts = 0;
    const value = await flowOf(
      () =>
        transaction(async () => {
          const n = await a(1);
          if (++attempts < 3) throw new Error("again");
          return n;
        }),
      { retries: 2 },
    );
    expect(value).toBe(1);
    expect(log).toEqual(["run a 1", "undo a 1", "run a 1", "undo a 1", "run a 1", "commit a 1"]);
  });

  it("of a flow run do not repeat what was committed", async () => {
    const { log, a } = world();
    let attempts = 0;
    await flowOf(
      async () => {
        await transaction({ key: "k" }, () => a(1));
        if (++attempts === 1) throw new Error("after the commit");
      },
      { retries: 1 },
    );
    expect(log).toEqual(["run a 1", "commit a 1"]);
  });

  it("of a task do again what was rolled back in its body", async () => {
    const { log, a, b } = world();
    let attempts = 0;
    const body = task({ name: "body", retries: 1 }, () =>
      transaction(async () => {
        await a(1);
        if (++attempts === 1) throw new Error("again");
        return b(2);
      }),
    );
    expect(await flowOf(() => body())).toBe(2);
    expect(log).toEqual(["run a 1", "undo a 1", "run a 1", "run b 2", "commit a 1", "commit b 2"]);
  });
});
