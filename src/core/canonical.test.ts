import * as fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { RefusedError } from "./errors.ts";

class Client {
  readonly url = "http://x";
}

const leaf = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    false,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "$segno",
    "undefined",
    "NaN",
  ),
  fc.double().map((n) => n + 0),
  fc.integer({ min: -3, max: 3 }),
  fc.string({ unit: "binary", maxLength: 4 }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a/u, /a/g),
  fc.webUrl().map((url) => new URL(url)),
  fc.uint8Array({ maxLength: 3 }),
  fc.int8Array({ maxLength: 3 }),
  fc.float64Array({ maxLength: 2 }),
);
const key = fc.oneof(fc.constantFrom("$segno", "v", "__proto__", "a", "b", "0", "10", "2"), fc.string());
const defined = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  value.filter((member) => member !== undefined);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, defined(tie("value")), { maxKeys: 4, noNullPrototype: true }),
    fc
      .uniqueArray(fc.tuple(leaf, tie("value")), { maxLength: 3, selector: ([k]) => canonicalJson(k) })
      .map((entries) => new Map(entries)),
    fc
      .uniqueArray(leaf, { maxLength: 3, selector: (member) => canonicalJson(member) })
      .map((members) => new Set(members)),
  ),
})).value;

describe("canonicalJson", () => {
  it("is the same for equal values, in whatever order they were put together", () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(canonicalJson(turnedRound(value))).toBe(canonicalJson(value));
      }),
      { numRuns: 500 },
    );
  });

  it("is different for different values", () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(isDeepStrictEqual(comparable(a), comparable(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it("is JSON.stringify's text for plain data with sorted keys", () => {
    expect(canonicalJson({ b: [1, "x", null, true], a: { d: 1.5, c: "é\u2028" } })).toBe(
      JSON.stringify({ a: { c: "é\u2028", d: 1.5 }, b: [1, "x", null, true] }),
    );
    expect(canonicalJson([1, 2, 3])).toBe("[1,2,3]");
  });

  it.each([
    [
      [1, Number.NaN],
      [1, null],
    ],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), null],
    [1n, 1],
    [1n, "1"],
    [new Set([1]), [1]],
    [new Map([["a", 1]]), { a: 1 }],
    [[undefined], [null]],
    [undefined, null],
    [{ $segno: "undefined" }, undefined],
    [{ $segno: "date", v: "1970-01-01T00:00:00.000Z" }, new Date(0)],
    [{ $segno: "object", v: { $segno: 1 } }, { $segno: 1 }],
    [new Uint8Array([1]), new Int8Array([1])],
    [["a", "b"], ["a,b"]],
    [new Error("a"), new TypeError("a")],
    [new Error("a", { cause: 1 }), new Error("a")],
  ])("tells %o from %o", (a, b) => {
    expect(canonicalJson(a)).not.toBe(canonicalJson(b));
  });

  it.each([
    [{ a: 1, b: undefined }, { a: 1 }],
    [-0, 0],
    [new Error("a"), new Error("a")],
    [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    [Buffer.from([1]), new Uint8Array([1])],
    [{ toJSON: () => [1] }, [1]],
  ])("takes %o for %o", (a, b) => {
    expect(canonicalJson(a)).toBe(canonicalJson(b));
  });

  it.each([
    [{ items: [{}, { load: () => 1 }] }, "args.items[1].load is a function (load); expected plain data"],
    [Symbol("x"), "args is a symbol (Symbol(x))"],
    [new Client(), "args is an instance of Client"],
    [new Map([[1, Promise.resolve()]]), "args.values()[0] is a promise"],
    [new Set([new WeakMap()]), "args.values()[0] is a WeakMap"],
    [
      {
        get x(): unknown {
          throw new Error("no luck");
        },
      },
      "cannot be read: no luck",
    ],
  ])("refuses %#", (value, said) => {
    const attempt = () => canonicalJson(value, "args");
    expect(attempt).toThrow(RefusedError);
    expect(attempt).toThrow(`No cache key can be made: ${said}`.replace("made: cannot", "made: args cannot"));
    expect(attempt).toThrow(".minus(name)");
    expect(attempt).toThrow(expect.objectContaining({ code: "SEGNO_UNHASHABLE" }));
  });

  it("refuses what holds itself and what is too deep", () => {
    const ring: { a: { up?: unknown } } = { a: {} };
    ring.a.up = ring;
    expect(() => canonicalJson(ring)).toThrow("value.a.up is value again");
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { a: deep };
    expect(() => canonicalJson(deep)).toThrow("nested more than 1000 levels");
  });

  it("writes a million numbers without a word of each", () => {
    const numbers = Array.from({ length: 1_000_000 }, (_, i) => i / 3);
    expect(canonicalJson({ numbers })).toBe(JSON.stringify({ numbers }));
  });
});

/** The same value with every object's, Map's and Set's order reversed and absent turned to undefined. */
function turnedRound(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnedRound);
  if (value instanceof Map)
    return new Map([...value].reverse().map(([k, v]) => [turnedRound(k), turnedRound(v)]));
  if (value instanceof Set) return new Set([...value].reverse().map(turnedRound));
  if (!isPlainObject(value)) return value;
  const turned = Object.entries(value)
    .reverse()
    .map(([k, v]) => [k, turnedRound(v)]);
  return Object.fromEntries([...turned, ["an absent one", undefined]]) as unknown;
}

/** -0 counts as 0; two invalid Dates are not "equal" to Node. */
function comparable(value: unknown): unknown {
  if (typeof value === "number") return value + 0;
  if (Array.isArray(value)) return value.map(comparable);
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [comparable(k), comparable(v)]));
  if (value instanceof Set) return new Set([...value].map(comparable));
  if (value instanceof Date && Number.isNaN(value.getTime())) return Symbol.for("an invalid date");
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, comparable(v)]));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
