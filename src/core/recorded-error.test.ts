import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as errors from "./errors.ts";
import { errorMessage, recordError, reviveError } from "./recorded-error.ts";
import { RetryAfter } from "./retry-after-error.ts";

const again = (error: unknown): unknown => reviveError(recordError(error));

const hostile = (): object =>
  new Proxy(new Error("x"), {
    get: () => {
      throw new Error("get");
    },
    ownKeys: () => {
      throw new Error("ownKeys");
    },
    getPrototypeOf: () => {
      throw new Error("getPrototypeOf");
    },
    getOwnPropertyDescriptor: () => {
      throw new Error("getOwnPropertyDescriptor");
    },
  });

describe("what was thrown", () => {
  it.each([
    "a string",
    "",
    42,
    Number.NaN,
    7n,
    null,
    undefined,
    false,
    { code: 1, at: new Date(0) },
    [1, undefined],
  ])("comes back as it was: %o", (thrown) => {
    expect(again(thrown)).toStrictEqual(thrown);
  });

  it("keeps Segno's errors whole, so that instanceof works after a replay", () => {
    const init = { code: "SEGNO_X", message: "refused", help: "Do it.", facts: { n: 1n } } as const;
    for (const Class of [
      errors.SegnoError,
      errors.RefusedError,
      errors.StoppedError,
      errors.ReplayError,
      errors.LeaseLostError,
      errors.StoreError,
      errors.CancelledError,
      errors.TimedOutError,
    ]) {
      const error = new Class({ ...init, cause: new TypeError("why") });
      const back = again(error);
      expect(back).toBeInstanceOf(Class);
      expect(back).toStrictEqual(error);
      expect(back).toMatchObject({ name: Class.name, code: "SEGNO_X", help: "Do it.", facts: { n: 1n } });
      expect((back as Error).stack).toBe(error.stack);
      expect((back as Error).cause).toBeInstanceOf(TypeError);
    }
    expect(again(new errors.NonRetryable("no"))).toBeInstanceOf(errors.NonRetryable);
    expect(again(new RetryAfter("9s"))).toMatchObject({ name: "RetryAfter", after: "9s" });
  });

  it("knows every class of errors.ts", () => {
    for (const [name, Class] of Object.entries(errors)) {
      const error = Object.create(Class.prototype) as Error;
      expect(recordError(Object.assign(new Error("m"), {})).includes(`"${name}"`)).toBe(false);
      expect(
        recordError(Object.setPrototypeOf(new Error("m"), Object.getPrototypeOf(error) as object)),
      ).toContain(`"class":"${name}"`);
    }
  });

  it("gives a user's class back as an Error of that name with its own properties", () => {
    class PaymentError extends Error {
      override readonly name = "PaymentError";
      readonly amount = { cents: 5n };
    }
    const back = again(new PaymentError("declined"));
    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({ name: "PaymentError", message: "declined", amount: { cents: 5n } });
    expect((back as Error).stack).toContain("recorded-error.test.ts");
  });

  it("follows ten causes and no more", () => {
    let error = new Error("0");
    for (let i = 1; i <= 30; i++) error = new Error(String(i), { cause: error });
    let depth = 0;
    let at = again(error) as Error;
    while (at.cause instanceof Error) {
      at = at.cause;
      depth += 1;
    }
    expect(depth).toBe(10);
    expect(at.message).toBe("20");
  });

  it("ends at a cause that leads back", () => {
    const a = new Error("a");
    const b = new Error("b", { cause: a });
    a.cause = b;
    expect(((again(a) as Error).cause as Error).message).toBe("b");
    expect(((again(a) as Error).cause as Error).cause).toBeUndefined();
  });
});

describe("the record", () => {
  const size = (error: unknown) => Buffer.byteLength(recordError(error));

  it("is 64 KiB at most, whatever is in the error", () => {
    const huge = "€".repeat(1_000_000);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, huge]));
    let chain = Object.assign(new Error(huge), many);
    for (let i = 0; i < 12; i++) chain = Object.assign(new Error(huge, { cause: chain }), { [huge]: huge });
    for (const error of [
      new Error(huge),
      chain,
      new AggregateError(
        Array.from({ length: 500 }, () => chain),
        huge,
      ),
    ]) {
      expect(size(error)).toBeLessThanOrEqual(65_536);
      expect(again(error)).toBeInstanceOf(Error);
      expect((again(error) as Error).message).toMatch(/^€{1024}/);
    }
    for (const thrown of [huge, many, [huge], { $segno: huge }]) {
      expect(size(thrown)).toBeLessThanOrEqual(65_536);
      expect(again(thrown)).toBeTypeOf(typeof thrown);
    }
    expect(again(huge)).toMatch(/^€{16384}… \(983616 more characters\)$/);
    expect(again(new Uint8Array(200_000))).toMatchObject({
      message: expect.stringContaining("could not be recorded") as unknown,
    });
  });

  it("keeps a message of a few kilobytes whole", () => {
    const message = "m".repeat(10_000);
    expect((again(new Error(message)) as Error).message).toBe(message);
  });

  it("never throws", () => {
    const getter = Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("no");
      },
    });
    const { proxy, revoke } = Proxy.revocable(new Error("x"), {});
    revoke();
    const causes = Object.assign(new Error("with a hostile cause"), {
      cause: hostile(),
      errors: [hostile()],
    });
    for (const thrown of [
      hostile(),
      getter,
      proxy,
      causes,
      () => 1,
      Symbol("s"),
      Promise.resolve(),
      new WeakMap(),
    ]) {
      expect(again(thrown)).toBeInstanceOf(Error);
      expect(errorMessage(thrown).length).toBeGreaterThan(0);
    }
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withSparseArray: true, withBigInt: true }),
        (thrown) => {
          recordError(thrown);
          expect(errorMessage(thrown)).not.toContain("\n");
        },
      ),
    );
  });

  it("does not hold what only a header should", () => {
    const error = Object.assign(new Error("401"), {
      config: { headers: { authorization: "Bearer k", "x-api-key": "k2", a: 1 } },
    });
    const text = recordError(error);
    expect(text).not.toContain("Bearer");
    expect(text).not.toContain("k2");
    expect(again(error)).toMatchObject({ config: { headers: { authorization: "[redacted]", a: 1 } } });
  });

  it("that cannot be read gives an error that says so", () => {
    expect(reviveError("{")).toMatchObject({ message: "the recorded error cannot be read back" });
  });
});

describe("errorMessage", () => {
  it.each([
    [new Error("boom"), "boom"],
    [new TypeError("x is not\n  a function"), "TypeError: x is not a function"],
    [new Error(""), "Error"],
    [new RangeError(), "RangeError"],
    ["text", "text"],
    [undefined, "undefined was thrown"],
    [null, "null was thrown"],
    [{ message: "like an error" }, "like an error"],
    [{ code: 7 }, '{"code":7}'],
    [() => 1, "a function was thrown"],
  ])("of %o is %j", (thrown, line) => {
    expect(errorMessage(thrown)).toBe(line);
  });

  it("is one line of 500 characters at most", () => {
    expect(errorMessage(new Error("a\n".repeat(1_000_000)))).toHaveLength(500);
  });
});
