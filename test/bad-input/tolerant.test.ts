import { describe, expect, test } from "vitest";
import {
  allowFailure,
  closeSegno,
  flow,
  getRunLogger,
  getTransaction,
  isFuture,
  NonRetryable,
  quote,
  runtime,
  unmapped,
} from "../../src/index.ts";
import { newestRun } from "../support/newest-run.ts";
import { ownStore } from "../support/own-store.ts";
import { circular, wrong } from "./row.ts";

ownStore();

const ODD: readonly (readonly [name: string, value: unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["a symbol", Symbol("odd")],
  ["an object that holds itself", circular()],
  ["an object without a prototype", Object.create(null)],
  [
    "a proxy that refuses everything",
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
      },
    ),
  ],
];

describe("what takes anything", () => {
  test.for(ODD)("marks keep %s as it is", ([, value]) => {
    expect(Object.is(unmapped(value).value, value)).toBe(true);
    expect(Object.is(quote(value).value, value)).toBe(true);
    expect(Object.is(allowFailure(value).value, value)).toBe(true);
  });

  test.for(ODD)("%s is no future", ([, value]) => {
    expect(isFuture(value)).toBe(false);
  });

  // A line of a log is not worth a run.
  test.for(ODD)("a logger writes %s down and goes on", async ([, value]) => {
    const main = flow({ name: "odd-log" }, async () => {
      getRunLogger().info(wrong(value));
      getRunLogger().info("with facts", { value });
      getRunLogger().info("with odd facts", wrong(value));
      getRunLogger().exception("with an error", value);
      return "done";
    });
    expect(await main()).toBe("done");
    const { logs } = await newestRun("odd-log");
    expect(logs.filter((line) => line.startsWith("with "))).toHaveLength(3);
  });

  test("closing what is not open, and twice", async () => {
    await closeSegno();
    await closeSegno();
  });

  test("asking outside a run for what there may be", () => {
    expect(getTransaction()).toBeNull();
    expect(runtime.flowRun.id).toBeNull();
    expect(runtime.taskRun.runCount).toBeNull();
  });

  test("an error without a message", () => {
    expect(new NonRetryable()).toMatchObject({ name: "NonRetryable", message: "" });
  });
});
