import { afterEach, describe, expect, it } from "vitest";
import { NonRetryable, type RefusedError, TimedOutError } from "../core/errors.ts";
import { RetryAfter } from "../core/retry-after-error.ts";
import { getControl } from "./control.ts";
import { allowFailure, closeSegno, flow, getRunContext, quote, step, task, unmapped } from "./index.ts";

afterEach(() => closeSegno());

/** The entries of the newest run of a flow, by task name. */
async function entries(flowName: string) {
  const control = await getControl();
  const { flowRuns, taskRuns } = await control.repositories();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  return (await taskRuns.list({ flowRunId: run?.id ?? "" }, { limit: 1000 })).rows;
}

const double = task({ name: "double" }, async (n: number) => n * 2);

describe("a task", () => {
  it("answers its value, called, submitted or mapped", async () => {
    const f = flow({ name: "ways-to-call" }, async () => {
      const called = await double(2);
      const submitted = await double.submit(3);
      const mapped = await double.map([1, 2, 3]);
      const sum = await task({ name: "sum" }, (a: number, b: number) => a + b).map([1, 2], unmapped(10));
      return { called, submitted, mapped, sum };
    });
    expect(await f()).toEqual({ called: 4, submitted: 6, mapped: [2, 4, 6], sum: [11, 12] });
    const rows = await entries("ways-to-call");
    expect(rows.map((row) => [row.name, row.dynamicKey, row.stateName])).toEqual([
      ["double", "0", "Completed"],
      ["double", "1", "Completed"],
      ["double", "2", "Completed"],
      ["double", "3", "Completed"],
      ["double", "4", "Completed"],
      ["sum", "0", "Completed"],
      ["sum", "1", "Completed"],
    ]);
  });

  it("maps to a list that is taken for an array, also by Promise.all", async () => {
    const f = flow({ name: "lists" }, async () => {
      const futures = double.map([1, 2, 3]);
      const all: number[] = await Promise.all(futures);
      const settled = await Promise.allSettled(futures.map((future) => future));
      return [all.map((n) => n + 1), settled.length, futures.length, Array.from(futures).length];
    });
    expect(await f()).toEqual([[3, 5, 7], 3, 3, 3]);
  });

  it("takes futures at any depth, and the graph knows where they came from", async () => {
    const total = task({ name: "total" }, (given: { items: number[]; more: { n: number } }) =>
      given.items.reduce((a, b) => a + b, given.more.n),
    );
    const f = flow({ name: "deep-futures" }, () =>
      total({ items: double.map([1, 2]), more: { n: double.submit(5) } }),
    );
    expect(await f()).toBe(16);
    const rows = await entries("deep-futures");
    const last = rows.find((row) => row.name === "total");
    const doubles = rows.filter((row) => row.name === "double").map((row) => row.id);
    expect(last?.inputs?.["0"]?.toSorted()).toEqual(doubles.toSorted());
  });

  it("remembers the origin of plain values too", async () => {
    const make = task({ name: "make" }, () => ({ rows: [1, 2] }));
    const use = task({ name: "use" }, (given: { rows: number[] }) => given.rows.length);
    const f = flow({ name: "origins" }, async () => use(await make()));
    expect(await f()).toBe(2);
    const [made, used] = await entries("origins");
    expect(used?.inputs).toEqual({ "0": [made?.id] });
  });

  it("does not run when what it depends on failed, unless failure is allowed", async () => {
    let ran = 0;
    const fails = task({ name: "fails" }, async (): Promise<number> => {
      throw new TypeError("no such row");
    });
    const use = task({ name: "use-it" }, (value: unknown) => {
      ran++;
      return value instanceof TypeError ? "saw it" : "value";
    });
    const f = flow({ name: "upstream" }, async () => {
      const future = fails.submit();
      const refused = await use.submit(future).result({ raiseOnFailure: false });
      return [refused, await use(allowFailure(future)), ran];
    });
    const [refused, saw, count] = (await f()) as [Error, string, number];
    expect(refused).toBeInstanceOf(TypeError);
    expect(refused.message).toBe("no such row");
    expect([saw, count]).toEqual(["saw it", 1]);
    expect((await entries("upstream")).map((row) => row.stateName)).toEqual([
      "Failed",
      "NotReady",
      "Completed",
    ]);
  });

  it("waits for what waitFor names", async () => {
    const order: string[] = [];
    const slow = task({ name: "slow" }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push("slow");
    });
    const after = task({ name: "after" }, () => void order.push("after"));
    await flow({ name: "wait-for" }, async () => {
      const first = slow.submit();
      await after.with({ waitFor: [first] })();
    })();
    expect(order).toEqual(["slow", "after"]);
  });

  it("gives quoted values as they are", async () => {
    const same = { big: true };
    const is = task({ name: "is" }, (value: unknown) => value === same);
    expect(await flow({ name: "quoted" }, () => is(quote(same)))()).toBe(true);
  });

  it("retries as often as it says, and no more", async () => {
    let tries = 0;
    const flaky = task({ name: "flaky", retries: 2 }, () => {
      tries++;
      if (tries < 3) throw new Error(`try ${tries}`);
      return tries;
    });
    expect(await flow({ name: "retrying" }, () => flaky())()).toBe(3);
    const [row] = await entries("retrying");
    expect(row?.runCount).toBe(3);
    expect(row?.states.map((mark) => mark[1])).toEqual([
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    tries = -10;
    await expect(flow({ name: "retrying-too-little" }, () => flaky())()).rejects.toThrow("try -7");
  });

  it("ends retrying on NonRetryable and where retryIf says so", async () => {
    let tries = 0;
    const stubborn = task({ name: "stubborn", retries: 5 }, () => {
      tries++;
      throw new NonRetryable("not a PDF");
    });
    await expect(flow({ name: "non-retryable" }, () => stubborn())()).rejects.toThrow("not a PDF");
    const picky = task({ name: "picky", retries: 5, retryIf: (error) => error instanceof RangeError }, () => {
      tries++;
      throw new TypeError("wrong kind");
    });
    await expect(flow({ name: "retry-if" }, () => picky())()).rejects.toThrow("wrong kind");
    expect(tries).toBe(2);
  });

  it("waits as long as the server said", async () => {
    const at: number[] = [];
    const limited = task({ name: "limited", retries: 1, retryDelay: 0 }, () => {
      at.push(Date.now());
      if (at.length === 1) throw new RetryAfter("60ms", "slow down");
    });
    await flow({ name: "retry-after" }, () => limited())();
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(55);
  });

  it("aborts its signal at its timeout and is TimedOut", async () => {
    let aborted: unknown;
    const hangs = task({ name: "hangs", timeout: "30ms" }, () => {
      const { signal } = getRunContext();
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted = signal.reason;
          reject(new Error("the fetch was aborted"));
        });
      });
    });
    await expect(flow({ name: "timing-out" }, () => hangs())()).rejects.toThrow(TimedOutError);
    expect(aborted).toBeInstanceOf(TimedOutError);
    expect((await entries("timing-out"))[0]?.stateName).toBe("TimedOut");
  });

  it("names its runs by template or function", async () => {
    const load = task({ name: "load", taskRunName: "load {path}" }, (path: string) => path.length);
    const part = task({ name: "part", taskRunName: (n: number) => `part-${n}` }, (n: number) => n);
    await flow({ name: "names" }, async () => {
      await load("a.md");
      await part(7);
    })();
    expect((await entries("names")).map((row) => row.name)).toEqual(["load a.md", "part-7"]);
  });

  it("runs its hooks, and a hook that throws changes nothing", async () => {
    const seen: string[] = [];
    const hooked = task(
      {
        name: "hooked",
        onRunning: ({ state }) => seen.push(`running ${state.name}`),
        onCompletion: [
          () => {
            throw new Error("bad hook");
          },
          ({ state, taskRun }) => seen.push(`completed ${state.type} ${taskRun.taskName}`),
        ],
        onFailure: ({ error }) => seen.push(`failed ${(error as Error).message}`),
      },
      (fail: boolean) => {
        if (fail) throw new Error("asked to");
        return 1;
      },
    );
    await flow({ name: "hooks" }, async () => {
      await hooked(false);
      await hooked(true).catch(() => undefined);
    })();
    expect(seen).toEqual([
      "running Running",
      "completed COMPLETED hooked",
      "running Running",
      "failed asked to",
    ]);
  });

  it("works outside a flow, with its retries", async () => {
    let tries = 0;
    const alone = task({ name: "alone", retries: 1 }, () => {
      if (tries++ === 0) throw new Error("first");
      return "done";
    });
    expect(await alone()).toBe("done");
    expect(await step("inline", () => 5)).toBe(5);
  });

  it("reuses what its own tasks did when it is retried", async () => {
    let inner = 0;
    let outer = 0;
    const child = task({ name: "child" }, (n: number) => {
      inner++;
      return n;
    });
    const parent = task({ name: "parent", retries: 1 }, async () => {
      const sum = (await child(1)) + (await child(2));
      if (outer++ === 0) throw new Error("after the children");
      return sum;
    });
    expect(await flow({ name: "nested" }, () => parent())()).toBe(3);
    expect([inner, outer]).toEqual([2, 2]);
  });
});

describe("bad input", () => {
  const refused = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return error as RefusedError;
    }
    throw new Error("nothing was refused");
  };

  it("is refused at definition", () => {
    expect(refused(() => task(async () => 1)).code).toBe("SEGNO_NAME_MISSING");
    expect(refused(() => task({ name: "x" }, 5 as never)).message).toMatch(/expected a function; got 5/);
    expect(refused(() => task({ name: "x", retries: -1 }, () => 1)).message).toMatch(
      /`retries` must be a whole number/,
    );
    expect(refused(() => task({ name: "x", timeout: "soon" }, () => 1)).code).toBe("SEGNO_INVALID_DURATION");
    expect(refused(() => task({ name: "x", tags: [""] }, () => 1)).message).toMatch(/`tags`/);
  });

  it("is refused by map", () => {
    const pair = task({ name: "pair" }, (a: number, b: number) => a + b);
    expect(refused(() => pair.map([1, 2], [1])).message).toMatch(/argument 1 has 2 items, argument 2 has 1/);
    expect(refused(() => pair.map(1, 2)).code).toBe("SEGNO_MAP_NOTHING");
    expect(refused(() => pair.map(double.submit(1) as never, 2)).message).toMatch(/not known yet/);
  });

  it("is a failed task when a result cannot be kept, and names the place", async () => {
    const bad = task({ name: "bad", retries: 3 }, () => ({ rows: [{ close: () => undefined }] }));
    const f = flow({ name: "unserialisable" }, async () => {
      await bad();
    });
    await expect(f()).rejects.toMatchObject({
      code: "SEGNO_UNSERIALIZABLE",
      message: expect.stringMatching(/the result of task "bad".*rows\[0\]\.close/s) as unknown,
    });
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const loop = task({ name: "loop" }, () => circular);
    await expect(flow({ name: "circular" }, () => loop())()).rejects.toMatchObject({
      code: "SEGNO_CIRCULAR",
    });
    expect((await entries("unserialisable"))[0]?.runCount).toBe(1);
  });

  it("is a duplicate key", async () => {
    const keyed = double.with({ key: "row-1" });
    await expect(
      flow({ name: "duplicate-key" }, async () => {
        await keyed(1);
        await keyed(2);
      })(),
    ).rejects.toMatchObject({ code: "SEGNO_DUPLICATE_KEY" });
  });

  it("is an argument that refers to itself", async () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const take = task({ name: "take" }, (value: unknown) => typeof value);
    await expect(flow({ name: "circular-argument" }, () => take(circular))()).rejects.toMatchObject({
      code: "SEGNO_ARGUMENT_TOO_DEEP",
    });
  });
});
