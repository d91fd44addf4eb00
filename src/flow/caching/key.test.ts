import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheKeyOf, type KeyRequest } from "./key.ts";
import {
  cachePolicy,
  type CachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NONE,
  RUN_ID,
  TASK_SOURCE,
} from "./policy.ts";

const fn = (a: unknown, b: unknown, c: unknown) => [a, b, c];

function request(
  args: readonly unknown[],
  other: Partial<KeyRequest["context"]> & Partial<KeyRequest> = {},
): KeyRequest {
  const { fn: own, taskRunId, ...context } = other;
  return {
    context: { taskName: "t", args, parameters: { p: 1 }, flowRunId: "run-1", ...context },
    fn: own ?? fn,
    taskRunId: taskRunId ?? "entry-1",
  };
}

const keyOf = (policy: CachePolicy, ...rest: Parameters<typeof request>) =>
  cacheKeyOf(policy, request(...rest));

/** JSON values; -0 is 0 in a key. */
const value = fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json)) as unknown);
const values = fc.array(value, { maxLength: 4 });

function reversed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(reversed);
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).toReversed();
  return Object.fromEntries(entries.map(([name, item]) => [name, reversed(item)]));
}

describe("the key of INPUTS", () => {
  it("is the same for equal arguments, in whatever order their properties stand", async () => {
    await fc.assert(
      fc.asyncProperty(values, async (args) => {
        expect(await keyOf(INPUTS, args.map(reversed))).toBe(await keyOf(INPUTS, args));
      }),
    );
  });

  it("differs for arguments that differ", async () => {
    await fc.assert(
      fc.asyncProperty(values, values, async (some, others) => {
        fc.pre(!isDeepStrictEqual(some, others));
        expect(await keyOf(INPUTS, some)).not.toBe(await keyOf(INPUTS, others));
      }),
    );
  });

  it("is readable, short and the task's own", async () => {
    const key = await keyOf(INPUTS, ["x".repeat(100_000)]);
    expect(key).toMatch(/^t:[0-9a-f]{64}$/);
    expect(await keyOf(INPUTS, ["x".repeat(100_000)], { taskName: "u" })).not.toBe(key?.replace("t:", "u:"));
    const long = await keyOf(INPUTS, [], { taskName: "n".repeat(255) });
    expect(long).toHaveLength(200 + 1 + 64);
  });

  it("takes a missing argument for an undefined one", async () => {
    expect(await keyOf(INPUTS, [1, undefined, undefined])).toBe(await keyOf(INPUTS, [1]));
    expect(await keyOf(INPUTS, [undefined, 1])).not.toBe(await keyOf(INPUTS, [1]));
  });

  it("does not see what is left out, and sees everything else", async () => {
    const policy = INPUTS.minus("b");
    await fc.assert(
      fc.asyncProperty(value, value, value, value, async (a, b, b2, c) => {
        const key = await keyOf(policy, [a, b, c]);
        expect(await keyOf(policy, [a, b2, c])).toBe(key);
        expect(await keyOf(policy, [[a], b, c])).not.toBe(key);
        expect(await keyOf(policy, [a, b, [c]])).not.toBe(key);
      }),
    );
  });

  it("refuses an argument that has no canonical text, naming it", async () => {
    const refused = keyOf(INPUTS, [1, { client: () => 0 }]);
    await expect(refused).rejects.toMatchObject({ code: "SEGNO_UNHASHABLE" });
    await expect(refused).rejects.toThrow(/argument 2 of task "t"\.client is a function/);
    expect(await keyOf(INPUTS.minus("b.client"), [1, { client: () => 0 }])).toMatch(/^t:/);
  });
});

describe("a policy's key", () => {
  const parts = [INPUTS, TASK_SOURCE, FLOW_PARAMETERS, RUN_ID, cachePolicy(() => "own")];
  const some = fc.shuffledSubarray(parts, { minLength: 2 });

  it("is the same in whatever order and grouping its parts were added", async () => {
    await fc.assert(
      fc.asyncProperty(some, values, async (chosen, args) => {
        const left = chosen.reduce((sum, part) => sum.plus(part));
        const right = chosen.reduceRight((sum, part) => part.plus(sum));
        const inOrder = parts.filter((part) => chosen.includes(part)).reduce((sum, part) => sum.plus(part));
        const key = await keyOf(left, args);
        expect([await keyOf(right, args), await keyOf(inOrder, args)]).toEqual([key, key]);
      }),
    );
  });

  it("differs from that of any other set of parts", async () => {
    const subsets = parts.flatMap((_, size) => parts.flatMap((__, at) => [parts.slice(at, at + size + 1)]));
    const policies = new Set(
      subsets.filter((s) => s.length > 0).map((s) => s.reduce((sum, part) => sum.plus(part))),
    );
    const keys = await Promise.all([...policies].map((policy) => keyOf(policy, [1])));
    const distinct = new Set([...policies].map((policy) => policy.parts.map((p) => p.kind).join()));
    expect(new Set(keys).size).toBe(distinct.size);
  });

  it("changes with the task's source, the flow's parameters and the run, each only where it is a part", async () => {
    const changes = [
      [TASK_SOURCE, { fn: (a: unknown) => [a] }],
      [FLOW_PARAMETERS, { parameters: { p: 2 } }],
      [RUN_ID, { flowRunId: "run-2" }],
    ] as const;
    for (const [part, change] of changes) {
      const others = changes.map(([other]) => other).filter((other) => other !== part);
      const without = others.reduce((sum, other) => sum.plus(other), INPUTS);
      expect(await keyOf(without, [1], change)).toBe(await keyOf(without, [1]));
      expect(await keyOf(without.plus(part), [1], change)).not.toBe(await keyOf(without.plus(part), [1]));
    }
  });

  it("is one of its own for each call of RUN_ID outside a run", async () => {
    const first = await keyOf(DEFAULT, [1], { flowRunId: null, taskRunId: "a" });
    expect(await keyOf(DEFAULT, [1], { flowRunId: null, taskRunId: "b" })).not.toBe(first);
  });

  it("is null for NONE", async () => {
    expect(await keyOf(NONE, [1])).toBeNull();
    expect(await keyOf(NONE.configure({ keyPrefix: "p" }), [1])).toBeNull();
  });

  it("begins with its prefix", async () => {
    expect(await keyOf(INPUTS.configure({ keyPrefix: "v2/" }), [1])).toBe(`v2/${await keyOf(INPUTS, [1])}`);
  });

  it("cannot be made of the source of a bound function", async () => {
    const bound = fn.bind(null);
    await expect(keyOf(TASK_SOURCE, [1], { fn: bound })).rejects.toMatchObject({
      code: "SEGNO_NO_TASK_SOURCE",
    });
  });
});

describe("a key function", () => {
  it("gives the key as it is when it stands alone, for every task", async () => {
    const policy = cachePolicy(({ args, parameters }) => `${String(args[0])}-${JSON.stringify(parameters)}`);
    expect(await keyOf(policy, [7])).toBe('7-{"p":1}');
    expect(await keyOf(policy, [7], { taskName: "other" })).toBe('7-{"p":1}');
    expect(await keyOf(cachePolicy(async () => "later").configure({ keyPrefix: "v2/" }), [])).toBe(
      "v2/later",
    );
  });

  it("turns caching off with null, also among other parts", async () => {
    expect(
      await keyOf(
        cachePolicy(() => null),
        [1],
      ),
    ).toBeNull();
    expect(await keyOf(INPUTS.plus(cachePolicy(() => null)), [1])).toBeNull();
  });

  it.each([[""], [undefined], [7], [{}]])("may not answer %j", async (answer) => {
    const refused = keyOf(
      cachePolicy(() => answer as never),
      [1],
    );
    await expect(refused).rejects.toMatchObject({ code: "SEGNO_INVALID_CACHE_KEY" });
    await expect(refused).rejects.toThrow(/must answer a non-empty text, or null/);
  });

  it("that throws is refused with its reason", async () => {
    const failing = cachePolicy(() => {
      throw new TypeError("no id");
    });
    const error = await keyOf(failing, [1]).catch((refusal: unknown) => refusal as Error);
    expect(error).toMatchObject({ code: "SEGNO_CACHE_KEY_FAILED", cause: expect.any(TypeError) as unknown });
    expect(String(error)).toContain('of task "t" failed: no id');
  });

  it("may give 2000 characters and no more, prefix included", async () => {
    const policy = cachePolicy(() => "k".repeat(1998)).configure({ keyPrefix: "p/" });
    expect(await keyOf(policy, [])).toHaveLength(2000);
    await expect(keyOf(policy.configure({ keyPrefix: "pp/" }), [])).rejects.toThrow(
      /has 2001 characters; at most 2000 are kept/,
    );
  });
});
