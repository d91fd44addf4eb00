import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dieHere, startAndDie } from "../../test/support/dying.ts";
import { ownStore } from "../../test/support/own-store.ts";
import {
  concurrency,
  deleteConcurrencyLimit,
  flow,
  getConcurrencyLimit,
  rateLimit,
  resumeFlowRun,
  setConcurrencyLimit,
  step,
  task,
} from "./index.ts";

ownStore();

const inUse = async (name: string) => (await getConcurrencyLimit(name))?.activeSlots;

/** Counts how many are inside at once. */
class Room {
  inside = 0;
  most = 0;
  entered = 0;

  readonly stay = async (ms = 1): Promise<number> => {
    this.entered++;
    this.most = Math.max(this.most, ++this.inside);
    await delay(ms);
    this.inside--;
    return this.entered;
  };
}

describe("concurrency()", () => {
  it("lets in as many as the limit has slots, in a flow, in tasks and outside runs", async () => {
    await setConcurrencyLimit("seats", 3);
    const room = new Room();
    const seated = task({ name: "seated" }, (ms: number) => concurrency("seats", () => room.stay(ms)));
    const inFlow = flow({ name: "crowd" }, async () => {
      const calls = Array.from({ length: 10 }, () => concurrency("seats", () => room.stay()));
      await Promise.all([...calls, seated.map(Array.from({ length: 10 }, (_, index) => index % 3))]);
    });
    const outside = Array.from({ length: 10 }, () => concurrency("seats", () => room.stay()));
    await Promise.all([inFlow(), ...outside]);
    expect(room).toMatchObject({ inside: 0, most: 3, entered: 30 });
    expect(await inUse("seats")).toBe(0);
  });

  it("answers what the work answers, and gives the slots back when it throws", async () => {
    await setConcurrencyLimit("one", 1);
    expect(await concurrency("one", () => 7)).toBe(7);
    await expect(concurrency("one", () => Promise.reject(new TypeError("no")))).rejects.toThrow(TypeError);
    const throwing = () => {
      throw new RangeError("at once");
    };
    await expect(concurrency("one", throwing)).rejects.toThrow(RangeError);
    expect(await inUse("one")).toBe(0);
  });

  it("takes slots of several limits, or of none", async () => {
    await setConcurrencyLimit("wide", 4);
    await setConcurrencyLimit("narrow", 1);
    const held = await new Promise<() => void>((holding) => {
      void concurrency("narrow", () => new Promise<void>((leave) => holding(leave)));
    });
    const both = concurrency(["wide", "narrow"], { occupy: 1, timeout: 50 }, () => 1);
    await expect(both).rejects.toMatchObject({ code: "SEGNO_SLOT_TIMEOUT", facts: { blockedBy: "narrow" } });
    expect(await inUse("wide")).toBe(0);
    held();
    expect(await concurrency(["wide", "narrow"], () => inUse("wide"))).toBe(1);
  });

  it("names who holds the slots when it waits in vain", async () => {
    await setConcurrencyLimit("gpu", 1);
    const holder = task({ name: "holder" }, () =>
      concurrency("gpu", async () => {
        await expect(concurrency("gpu", { timeout: 20 }, () => 1)).rejects.toThrow(
          /No slot of the concurrency limit "gpu" came free within 20ms; held by task run [0-9a-f-]+ for /,
        );
      }),
    );
    await holder();
  });

  it("goes on without a limit of that name, unless it is strict", async () => {
    expect(await concurrency("nowhere", () => 1)).toBe(1);
    expect(await concurrency([], () => 2)).toBe(2);
    await expect(concurrency("nowhere", { strict: true }, () => 1)).rejects.toMatchObject({
      code: "SEGNO_LIMIT_MISSING",
      message: expect.stringContaining('"nowhere"') as string,
    });
  });

  it("refuses what can never be: a closed limit, more slots than there are", async () => {
    await setConcurrencyLimit("closed", 0);
    await setConcurrencyLimit("small", 2);
    await expect(concurrency("closed", () => 1)).rejects.toMatchObject({ code: "SEGNO_LIMIT_CLOSED" });
    await expect(concurrency("small", { occupy: 3 }, () => 1)).rejects.toMatchObject({
      code: "SEGNO_LIMIT_TOO_SMALL",
      facts: { limit: "small", slots: 3, has: 2 },
    });
  });

  it.each([
    ["no name", () => concurrency("", () => 1)],
    ["a number for a name", () => concurrency(7 as never, () => 1)],
    ["a list with a number", () => concurrency(["a", 7] as never, () => 1)],
    ["half a slot", () => concurrency("a", { occupy: 0.5 }, () => 1)],
    ["no slot", () => concurrency("a", { occupy: 0 }, () => 1)],
    ["no function", () => concurrency("a", undefined as never)],
    ["options that are none", () => concurrency("a", null as never, () => 1)],
    ["a rate of nothing", () => rateLimit({} as never)],
  ])("refuses %s", async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: "SEGNO_INVALID_OPTION" });
  });

  it("refuses a timeout that is no duration", async () => {
    await expect(concurrency("a", { timeout: "soon" }, () => 1)).rejects.toMatchObject({
      code: "SEGNO_INVALID_DURATION",
    });
  });

  it("gives the slots back when the task times out, although its work goes on", async () => {
    await setConcurrencyLimit("one", 1);
    const hanging = task({ name: "hanging", timeout: 30 }, () =>
      concurrency("one", () => new Promise<never>(() => undefined)),
    );
    await expect(hanging()).rejects.toMatchObject({ code: "SEGNO_TIMED_OUT" });
    expect(await concurrency("one", { timeout: "20s" }, () => "free")).toBe("free");
  });

  it("takes a waiter whose run was cancelled out of the line", async () => {
    await setConcurrencyLimit("one", 1);
    const cancel = new AbortController();
    const waits = flow({ name: "waits" }, () => concurrency("one", () => 1));
    const outcome = await concurrency("one", async () => {
      const run = waits.run({ signal: cancel.signal });
      const seen = run.catch((error: unknown) => error);
      await delay(20);
      cancel.abort();
      return seen;
    });
    expect(outcome).toMatchObject({ code: "SEGNO_CANCELLED" });
    expect(await inUse("one")).toBe(0);
  });

  it("lets waiters in when the limit grows or goes", async () => {
    await setConcurrencyLimit("one", 1);
    const answer = await concurrency("one", async () => {
      const second = concurrency("one", () => "grown");
      await setConcurrencyLimit("one", 2);
      const grown = await second;
      const third = concurrency("one", { occupy: 2 }, () => "gone");
      await deleteConcurrencyLimit("one");
      return [grown, await third];
    });
    expect(answer).toEqual(["grown", "gone"]);
    expect(await getConcurrencyLimit("one")).toBeNull();
  });
});

describe("concurrency() in a flow that is resumed", () => {
  it("holds its slots again for what goes on inside", async () => {
    await setConcurrencyLimit("one", 1);
    let dies = true;
    const ran: string[] = [];
    const f = flow({ name: "held-again" }, async () => {
      const inside = await concurrency("one", async () => {
        await step("before", () => ran.push("before"));
        if (dies) await dieHere();
        return step("after", () => inUse("one"));
      });
      return { inside, afterwards: await step("left", () => ran.push("left")) };
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toEqual({ inside: 1, afterwards: 2 });
    expect(ran).toEqual(["before", "left"]);
    expect(await inUse("one")).toBe(0);
  });

  it("takes them in the order of its journal, not of its calls", async () => {
    await setConcurrencyLimit("two", 2);
    let dies = true;
    const order: string[] = [];
    const f = flow({ name: "two-then-one" }, async () => {
      const large = concurrency("two", { occupy: 2 }, () => step("large", () => order.push("large")));
      const small = concurrency("two", () => step("small", () => order.push("small")));
      await small;
      leave();
      await large;
      if (dies) await dieHere();
      return step("end", () => order.push("end"));
    });
    let leave: () => void = () => undefined;
    // Somebody has one slot: what was asked for second is given first.
    const holding = concurrency("two", () => new Promise<void>((resolve) => (leave = resolve)));
    const id = await startAndDie((onRun) => f.run({ onRun }));
    await holding;
    dies = false;
    expect(await resumeFlowRun(id)).toBe(3);
    expect(order).toEqual(["small", "large", "end"]);
    expect(await inUse("two")).toBe(0);
  });

  it("holds them in each attempt, and in the resumed rest of one", async () => {
    await setConcurrencyLimit("one", 1);
    let dies = true;
    const ran: string[] = [];
    const f = flow({ name: "tries-twice", retries: 1 }, async () => {
      const held = await Promise.all(
        ["a", "b"].map((name) => concurrency("one", () => step(name, () => ran.push(name) && inUse("one")))),
      );
      if (ran.length === 2) {
        ran.push("fails");
        throw new Error("again");
      }
      if (dies) await dieHere();
      return [...held, await concurrency("one", () => step("c", () => inUse("one")))];
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toEqual([1, 1, 1]);
    expect(ran).toEqual(["a", "b", "fails"]);
    expect(await inUse("one")).toBe(0);
  });

  it("replays a wait that failed as it failed", async () => {
    await setConcurrencyLimit("shut", 0);
    let dies = true;
    const f = flow({ name: "shut-out" }, async () => {
      const error = await concurrency("shut", () => 1).catch((reason: unknown) => reason);
      if (dies) await dieHere();
      return (error as { code?: string }).code;
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    await setConcurrencyLimit("shut", 1);
    expect(await resumeFlowRun(id)).toBe("SEGNO_LIMIT_CLOSED");
  });
});

describe("rateLimit()", () => {
  const slow = { slotDecayPerSecond: 0.001 };

  it("admits what the rate has room for, and waits for the rest", async () => {
    await setConcurrencyLimit("calls", 2, slow);
    await rateLimit("calls", { occupy: 2 });
    await expect(rateLimit("calls", { timeout: 30 })).rejects.toMatchObject({ code: "SEGNO_SLOT_TIMEOUT" });
    await setConcurrencyLimit("calls", 2, { slotDecayPerSecond: 100 });
    await rateLimit("calls", { timeout: "20s" });
  });

  it("is not paid again by a flow that is resumed", async () => {
    await setConcurrencyLimit("calls", 10, slow);
    let dies = true;
    const f = flow({ name: "pays-once" }, async () => {
      await rateLimit("calls", { occupy: 3 });
      if (dies) await dieHere();
      return "paid";
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toBe("paid");
    expect(await inUse("calls")).toBeCloseTo(3, 0);
  });

  it("refuses a limit that gives no slot back by time, and a missing one when strict", async () => {
    await setConcurrencyLimit("plain", 2);
    await expect(rateLimit("plain")).rejects.toMatchObject({ code: "SEGNO_LIMIT_WITHOUT_DECAY" });
    await expect(rateLimit("nowhere", { strict: true })).rejects.toMatchObject({
      code: "SEGNO_LIMIT_MISSING",
    });
    await rateLimit("nowhere");
  });
});
