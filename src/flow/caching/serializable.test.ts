import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { TimedOutError } from "../../core/errors.ts";
import { flow, INPUTS, task } from "../index.ts";
import { getControl } from "../control.ts";
import { counted, newestEntries } from "./fixtures/counted.ts";

ownStore();

describe("serializable", () => {
  const SERIAL = INPUTS.configure({ isolation: "serializable" });
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { open, opened };
  };

  it("lets one of many equal calls compute, and gives the others its value", async () => {
    const ran: number[] = [];
    const one = task({ name: "once", cachePolicy: SERIAL }, async (n: number) => {
      ran.push(n);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { n };
    });
    const f = flow({ name: "many" }, () => Promise.all(one.map([1, 1, 2, 1, 2])));
    expect(await f()).toEqual([{ n: 1 }, { n: 1 }, { n: 2 }, { n: 1 }, { n: 2 }]);
    expect(ran).toHaveLength(2);
    const names = (await newestEntries("many")).map((entry) => entry.stateName);
    expect(names.toSorted()).toEqual(["Cached", "Cached", "Cached", "Completed", "Completed"]);
  });

  it("computes as often as it is asked when it is read-committed", async () => {
    const started: number[] = [];
    const { open, opened } = gate();
    const one = task({ name: "often", cachePolicy: INPUTS }, async (n: number) => {
      if (started.push(n) === 2) open();
      await opened;
      return n;
    });
    await flow({ name: "both" }, () => Promise.all(one.map([1, 1])))();
    expect(started).toEqual([1, 1]);
  });

  it("lets the next one try when a computation failed", async () => {
    let runs = 0;
    const one = task({ name: "fails-once", cachePolicy: SERIAL }, async (n: number) => {
      if (++runs === 1) throw new Error("first");
      return n;
    });
    const f = flow({ name: "next" }, () => Promise.allSettled([1, 1, 1].map((n) => one(n))));
    const outcomes = await f();
    expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(1);
    expect(runs).toBe(2);
  });

  it("gives up after lockTimeout", async () => {
    const { open, opened } = gate();
    const policy = SERIAL.configure({ lockTimeout: 20 });
    const one = task({ name: "slow", cachePolicy: policy }, async (n: number) => {
      await opened;
      return n;
    });
    const f = flow({ name: "waits" }, async () => {
      const first = one.submit(1);
      const second = await one.submit(1).result({ raiseOnFailure: false });
      open();
      return [await first, second];
    });
    const [first, second] = await f();
    expect(first).toBe(1);
    expect(second).toBeInstanceOf(TimedOutError);
    expect(second).toMatchObject({ code: "SEGNO_CACHE_LOCK_TIMEOUT" });
    expect((await newestEntries("waits")).map((entry) => entry.stateName)).toEqual(["Completed", "TimedOut"]);
  });

  it("holds no lock once everything has ended", async () => {
    const { run } = counted({ cachePolicy: SERIAL }, (n) => {
      if (n === 2) throw new Error("no");
      return n;
    });
    await run({ ns: [1, 1, 2] }).catch(() => undefined);
    const keys = (await newestEntries()).map((entry) => entry.cacheKey ?? "");
    const { cache, executorId } = await getControl();
    for (const key of new Set(keys)) {
      const answer = await cache.lock({ key, holder: "test", executorId, now: 1, expiresAt: 2 });
      expect(answer).toEqual({ locked: true });
    }
  });

  it("stops waiting when the run is cancelled", async () => {
    const { open, opened } = gate();
    const one = task({ name: "held", cachePolicy: SERIAL }, async (n: number) => {
      await opened;
      return n;
    });
    const holder = flow({ name: "holder" }, () => one(1))();
    const cancel = new AbortController();
    const waiter = flow({ name: "waiter" }, async () => {
      setTimeout(() => cancel.abort(), 30);
      return one(1);
    });
    await expect(waiter.run({ signal: cancel.signal })).rejects.toMatchObject({ code: "SEGNO_CANCELLED" });
    open();
    expect(await holder).toBe(1);
  });
});
