import * as fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { NonRetryable, RefusedError, StoppedError } from "./errors.ts";
import { RetryAfter } from "./retry-after-error.ts";
import { decodeJson, encodeJson } from "./serialize.ts";

const roundTrip = (value: unknown): unknown => decodeJson(encodeJson(value));

const refusalOf = (value: unknown, what?: string): RefusedError => {
  try {
    encodeJson(value, what);
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
  throw new Error("it was not refused");
};

class Socket {
  readonly port = 1;
}

describe("a round trip", () => {
  const adversarialKey = fc.constantFrom(
    "$segno",
    "v",
    "t",
    "__proto__",
    "constructor",
    "toJSON",
    "toString",
    "hasOwnProperty",
    "then",
    "",
    "0",
    '"$segno"',
  );
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.int8Array(),
    fc.uint8ClampedArray(),
    fc.int16Array(),
    fc.uint16Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.float32Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.bigUint64Array(),
    fc.uint8Array().map((view) => view.slice().buffer),
    fc.uint8Array().map((view) => new DataView(view.slice().buffer)),
  );
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom(
        null,
        undefined,
        true,
        false,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        -0,
      ),
      fc.double(),
      fc.string({ unit: "binary" }),
      adversarialKey,
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      fc.webUrl().map((url) => new URL(url)),
      fc.constantFrom(/a"b\/\n/giu, /(?<x>[\]"])/y),
      bytes,
      fc.array(tie("value")),
      fc.dictionary(fc.oneof(adversarialKey, fc.string()), tie("value")),
      fc.array(fc.tuple(tie("value"), tie("value"))).map((entries) => new Map(entries)),
      fc.array(tie("value")).map((members) => new Set(members)),
    ),
  })).value;

  it("keeps every kind of value", () => {
    fc.assert(
      fc.property(anything, (value) => {
        // Not toStrictEqual, which asks a plain object's own "constructor" for its type.
        expect(isDeepStrictEqual(comparable(roundTrip(value)), comparable(value))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("writes plain JSON exactly as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = JSON.stringify(json);
        fc.pre(!text.includes("$segno"));
        // Parsed again, because JSON.stringify writes -0 as 0.
        expect(encodeJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("does not change what it is given", () => {
    const inner = Object.freeze([1, undefined, new Date(0)]);
    const value = Object.freeze({ inner, $segno: Object.freeze({ v: 1n }) });
    expect(roundTrip(value)).toStrictEqual({ inner: [1, undefined, new Date(0)], $segno: { v: 1n } });
    expect(value.inner).toBe(inner);
    expect(inner[1]).toBeUndefined();
  });

  it("keeps undefined apart from absence and null", () => {
    expect(roundTrip(undefined)).toBeUndefined();
    expect(Object.keys(roundTrip({ a: undefined }) as object)).toStrictEqual(["a"]);
    expect(roundTrip([undefined, null])).toStrictEqual([undefined, null]);
  });

  it("gives a hole back as undefined", () => {
    const sparse: unknown[] = [1];
    sparse[2] = 3;
    expect(roundTrip(sparse)).toStrictEqual([1, undefined, 3]);
  });

  it("gives a Buffer back as a Uint8Array with memory of its own", () => {
    const back = roundTrip({ body: Buffer.from("hé") }) as { body: Uint8Array };
    expect(back.body).toStrictEqual(new Uint8Array(Buffer.from("hé")));
    expect(back.body.buffer.byteLength).toBe(3);
  });

  it("keeps the part of a buffer that a view shows", () => {
    const view = new Float32Array(new Float32Array([1, 2, 3, 4]).buffer, 4, 2);
    expect(roundTrip(view)).toStrictEqual(new Float32Array([2, 3]));
  });

  it("writes a value that is referred to twice twice", () => {
    const shared = { n: 1 };
    const back = roundTrip([shared, shared]) as object[];
    expect(back).toStrictEqual([{ n: 1 }, { n: 1 }]);
    expect(back[0]).not.toBe(back[1]);
  });

  it("writes an instance as its toJSON says, whatever that holds", () => {
    class Money {
      toJSON() {
        return { cents: 5n, at: new Date(0) };
      }
    }
    expect(roundTrip({ price: new Money() })).toStrictEqual({ price: { cents: 5n, at: new Date(0) } });
    expect(roundTrip({ toJSON: () => ({ plain: true }) })).toStrictEqual({ plain: true });
  });

  it("knows built-ins of another realm and subclasses", () => {
    const foreign: unknown = runInNewContext(
      "({ a: [new Date(7)], m: new Map([[1, new Set([2])]]), e: new TypeError('far') })",
    );
    const back = roundTrip(foreign) as { a: unknown[]; m: unknown; e: Error };
    expect(back.a).toStrictEqual([new Date(7)]);
    expect(back.m).toStrictEqual(new Map([[1, new Set([2])]]));
    expect(back.e).toBeInstanceOf(TypeError);
    class Registry extends Map<string, number> {}
    expect(roundTrip(new Registry().set("a", 1))).toStrictEqual(new Map([["a", 1]]));
  });

  it("never reaches a prototype", () => {
    const hostile = JSON.parse(
      '{"__proto__":{"polluted":1},"a":{"constructor":{"prototype":{"polluted":1}}},"d":1}',
    ) as Record<string, unknown>;
    hostile.d = new Date(0);
    const back = roundTrip(hostile) as Record<string, unknown>;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.hasOwn(back, "__proto__")).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    decodeJson(
      '{"$segno":"error","v":{"class":"__proto__","message":"m","own":{"__proto__":{"polluted":1}}}}',
    );
    decodeJson('{"$segno":"object","v":{"__proto__":{"polluted":{"$segno":"undefined"}}}}');
    expect("polluted" in {}).toBe(false);
  });

  it("keeps well past what anybody nests", () => {
    let deep: unknown = new Date(0);
    for (let i = 0; i < 900; i++) deep = i % 2 === 0 ? { a: deep } : new Map([["k", [deep]]]);
    expect(() => roundTrip(deep)).toThrow("nested more than 1000 levels");
    deep = new Date(0);
    for (let i = 0; i < 900; i++) deep = i % 2 === 0 ? { a: deep } : new Map([["k", deep]]);
    expect(encodeJson(roundTrip(deep))).toBe(encodeJson(deep));
  });
});

describe("errors among the values", () => {
  it("come back as their class, with stack, cause and own properties", () => {
    const cause = new RangeError("too far");
    const error = Object.assign(new TypeError("wrong", { cause }), {
      status: 429,
      headers: new Map([["a", 1n]]),
    });
    const back = roundTrip([error]) as [TypeError & { status: number; headers: unknown; cause: unknown }];
    expect(back[0]).toBeInstanceOf(TypeError);
    expect(back[0].stack).toBe(error.stack);
    expect(back[0].cause).toStrictEqual(cause);
    expect(back[0]).toStrictEqual(error);
    expect(Object.prototype.toString.call(back[0])).toBe("[object Error]");
    expect(Object.keys(back[0])).toStrictEqual(["status", "headers"]);
  });

  it("come back as the nearest known class when their own is unknown", () => {
    class Gone extends NonRetryable {
      override readonly name = "Gone";
      readonly id = 7;
    }
    const back = roundTrip(new Gone("no such file"));
    expect(back).toBeInstanceOf(NonRetryable);
    expect(back).toMatchObject({ name: "Gone", message: "no such file", id: 7 });
    expect(roundTrip(new RetryAfter("5s"))).toMatchObject({ after: "5s" });
    expect(roundTrip(new RetryAfter("5s"))).toBeInstanceOf(RetryAfter);
  });

  it("keep the members of an AggregateError and the name of a DOMException", () => {
    const all = roundTrip(new AggregateError([new TypeError("a"), "b"], "both")) as AggregateError;
    expect(all).toBeInstanceOf(AggregateError);
    expect(all.errors[0]).toBeInstanceOf(TypeError);
    expect(all.errors[1]).toBe("b");
    const aborted = roundTrip(AbortSignal.abort().reason) as DOMException;
    expect(aborted).toBeInstanceOf(DOMException);
    expect(aborted).toMatchObject({ name: "AbortError", code: 20 });
  });

  it("lose what cannot be stored, and themselves, but not the rest", () => {
    const error = Object.assign(new Error("failed"), {
      response: {
        status: 500,
        socket: new Socket(),
        retry: () => 1,
        headers: { Authorization: "Bearer x", date: new Date(0) },
      },
    });
    error.cause = error;
    const back = roundTrip(error) as typeof error;
    expect(back.response).toStrictEqual({
      status: 500,
      headers: { Authorization: "[redacted]", date: new Date(0) },
    });
    expect(back.cause).toBeUndefined();
  });
});

describe("a refusal", () => {
  it.each([
    [
      { items: [{}, {}, {}, { callback: () => 1 }] },
      "result.items[3].callback is a function (callback); expected plain data",
    ],
    [{ "a b": Symbol("s") }, 'result["a b"] is a symbol (Symbol(s)); expected plain data'],
    [new Map([["k", [new Socket()]]]), 'result.get("k")[0] is an instance of Socket'],
    [new Map([[new Socket(), 1]]), "result.keys()[0] is an instance of Socket"],
    [new Map([[{}, new Socket()]]), "result.values()[0] is an instance of Socket"],
    [new Set([1, new WeakMap()]), "result.values()[1] is a WeakMap"],
    [[1, 2, Promise.resolve(3)], "result[2] is a promise"],
    [{ toJSON: () => ({ f: new WeakSet() }) }, "result.toJSON().f is a WeakSet"],
    [() => 1, "result is a function; expected plain data"],
    [Symbol.iterator, "result is a symbol"],
    [new Number(1), "result is a Number"],
  ])("names the place: %#", (value, said) => {
    const refusal = refusalOf(value, "result");
    expect(refusal.code).toBe("SEGNO_UNSERIALIZABLE");
    expect(refusal.message).toContain(said);
    expect(refusal.help).toBeTypeOf("string");
  });

  it("says to await a promise", () => {
    expect(refusalOf(Promise.resolve()).message).toContain("Await it first");
  });

  it("names both ends of a cycle, near or far", () => {
    const near: Record<string, unknown> = { a: { b: [] } };
    (near.a as { b: unknown[] }).b.push({ up: near.a });
    const refusal = refusalOf(near);
    expect(refusal.code).toBe("SEGNO_CIRCULAR");
    expect(refusal.message).toContain("value.a.b[0].up is value.a again");
    expect(refusal.facts).toStrictEqual({ path: "value.a.b[0].up", first: "value.a" });

    const ring: { next?: unknown } = {};
    let last = ring;
    for (let i = 0; i < 500; i++) last = last.next = {};
    last.next = new Map([["back", new Set([ring])]]);
    expect(refusalOf(ring).code).toBe("SEGNO_CIRCULAR");

    const self: { toJSON?: () => unknown } = {};
    self.toJSON = () => self;
    expect(refusalOf(self).code).toBe("SEGNO_CIRCULAR");
  });

  it("is quick about a cycle beside much data", () => {
    const value: Record<string, unknown> = { data: Array.from({ length: 1_000_000 }, (_, i) => i) };
    value.self = value;
    expect(refusalOf(value).message).toContain("value.self is value again");
  });

  it.each([10_000, 200_000])("says so when %d levels are too deep", (levels) => {
    let deep: unknown = 1;
    for (let i = 0; i < levels; i++) deep = i % 2 === 0 ? [deep] : { a: deep };
    const refusal = refusalOf(deep, "input");
    expect(refusal.code).toBe("SEGNO_UNSERIALIZABLE");
    expect(refusal.message).toMatch(/^input[.a[\]0]*… is nested more than 1000 levels deep/);
  });

  it("tells a getter's, a proxy's and a toJSON's own failure", () => {
    const getter = {
      deep: [
        {
          get broken(): unknown {
            throw new Error("no luck");
          },
        },
      ],
    };
    expect(refusalOf(getter).message).toContain("value.deep[0]");
    expect(refusalOf(getter).message).toContain("cannot be read: no luck");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusalOf({ proxy }).message).toContain("value.proxy cannot be read");
    expect(refusalOf({ date: Object.create(Map.prototype) as object }).message).toContain("value.date");
  });
});

describe("text that nobody wrote", () => {
  it.each([
    "",
    "{",
    '{"$segno":"later-kind","v":1}',
    '{"$segno":"map","v":[1]}',
    '{"$segno":"bytes","t":"Function","v":""}',
    '{"$segno":"bytes","t":"Float64Array","v":"AAAA"}',
    '{"$segno":"url","v":"not a url"}',
    '{"$segno":"bigint","v":"x"}',
    '[{"$segno":{"a":1}}]',
    '{"$segno":"object","v":[',
    `${"[".repeat(50_000)}{"$segno":"undefined"}${"]".repeat(50_000)}`,
  ])("stops with a clear error: %#", (text) => {
    const attempt = () => decodeJson(text);
    expect(attempt).toThrow(StoppedError);
    expect(attempt).toThrow(expect.objectContaining({ code: "SEGNO_UNDECODABLE" }));
  });
});

/** Objects without a prototype come back with the ordinary one; two invalid Dates are not "equal" to Node. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (value instanceof Map)
    return new Map([...value].map(([key, member]) => [comparable(key), comparable(member)]));
  if (value instanceof Set) return new Set([...value].map(comparable));
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? Symbol.for("an invalid date") : value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]));
}
