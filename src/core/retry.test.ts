import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NonRetryable, RefusedError } from "./errors.ts";
import { RetryAfter } from "./retry-after-error.ts";
import { checkRetryDelay, exponential, isNonRetryable, type RetryDelay, retryDelayMs } from "./retry.ts";

const delays = (delay: RetryDelay | undefined, count = 5, random = 0.5): number[] =>
  Array.from({ length: count }, (_, i) => retryDelayMs(delay, i + 1, random, undefined));

describe("retryDelayMs", () => {
  it("is nothing when no delay is set", () => {
    expect(delays(undefined)).toStrictEqual([0, 0, 0, 0, 0]);
  });

  it("repeats one delay, and a list's last", () => {
    expect(delays("10s", 3)).toStrictEqual([10_000, 10_000, 10_000]);
    expect(delays(["1s", 2000, "1m"])).toStrictEqual([1000, 2000, 60_000, 60_000, 60_000]);
  });

  it("grows up to its maximum, past the largest number too", () => {
    expect(delays(exponential({ from: "1s", factor: 3, max: "20s" }))).toStrictEqual([
      1000, 3000, 9000, 20_000, 20_000,
    ]);
    expect(delays(exponential({}), 3)).toStrictEqual([1000, 2000, 4000]);
    expect(retryDelayMs(exponential({}), 5000, 0, undefined)).toBe(3_600_000);
    expect(delays(exponential({ from: "2h" }), 1)).toStrictEqual([7_200_000]);
  });

  it("asks a function, with the retry's number and the error", () => {
    const error = new Error("x");
    const seen: unknown[] = [];
    const delay = (attempt: number, thrown: unknown) => {
      seen.push([attempt, thrown]);
      return attempt * 100;
    };
    expect(retryDelayMs(delay, 3, 0, error)).toBe(300);
    expect(seen).toStrictEqual([[3, error]]);
    expect(() => retryDelayMs(() => -1, 1, 0, error)).toThrow(
      "what the retryDelay function gave: expected a duration",
    );
  });

  it("spreads a delay evenly to both sides, and never past a maximum", () => {
    expect(retryDelayMs("10s", 1, 0, undefined, 0.3)).toBe(7000);
    expect(retryDelayMs("10s", 1, 0.5, undefined, 0.3)).toBe(10_000);
    expect(retryDelayMs(["10s"], 1, 0.999999, undefined, 0.3)).toBe(13_000);
    expect(retryDelayMs("10s", 1, 0, undefined, 2)).toBe(0);
    expect(retryDelayMs("10s", 1, 0.5, undefined, 2)).toBe(15_000);
    const backoff = exponential({ from: "10s", max: "10s", jitter: 0.5 });
    expect(retryDelayMs(backoff, 1, 0, undefined, 0)).toBe(5000);
    expect(retryDelayMs(backoff, 1, 0.5, undefined, 0)).toBe(7500);
    expect(retryDelayMs(backoff, 1, 0.999999, undefined, 0)).toBe(10_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random, jitter) => {
          const ms = retryDelayMs(
            exponential({ from: 1000, max: 60_000, jitter }),
            attempt,
            random,
            undefined,
          );
          const base = Math.min(1000 * 2 ** (attempt - 1), 60_000);
          expect(ms).toBeGreaterThanOrEqual(base * (1 - jitter) - 1);
          expect(ms).toBeLessThanOrEqual(Math.min(base * (1 + jitter), 60_000) + 1);
        },
      ),
    );
  });

  it("gives a backoff's own jitter the first word", () => {
    expect(retryDelayMs(exponential({ jitter: 0 }), 1, 0, undefined, 1)).toBe(1000);
    expect(retryDelayMs(exponential(), 1, 0, undefined, 1)).toBe(0);
  });
});

describe("checkRetryDelay", () => {
  it.each([0, "5s", ["1s", 5], exponential({ jitter: 1 }), () => 1, { ...exponential() }])(
    "takes %o",
    (delay) => {
      expect(() => {
        checkRetryDelay(delay, "retryDelay");
      }).not.toThrow();
    },
  );

  it.each([
    [-1, "SEGNO_INVALID_DURATION", "retryDelay: expected a duration"],
    ["soon", "SEGNO_INVALID_DURATION", 'got "soon"'],
    [["1s", "soon"], "SEGNO_INVALID_DURATION", "retryDelay[1]: expected a duration"],
    [[], "SEGNO_INVALID_RETRY_DELAY", "a list of 1 to 50 durations, got 0 of them"],
    [Array.from({ length: 51 }, () => 1), "SEGNO_INVALID_RETRY_DELAY", "got 51 of them"],
    [{ seconds: 5 }, "SEGNO_INVALID_RETRY_DELAY", "got a plain"],
    [null, "SEGNO_INVALID_RETRY_DELAY", "got null"],
    [true, "SEGNO_INVALID_RETRY_DELAY", "got true"],
    [
      { kind: "exponential", from: 1, factor: 0.5, max: 5 },
      "SEGNO_INVALID_RETRY_DELAY",
      "at least 1, got 0.5",
    ],
  ])("refuses %j", (delay, code, said) => {
    const attempt = () => {
      checkRetryDelay(delay as RetryDelay, "retryDelay");
    };
    expect(attempt).toThrow(RefusedError);
    expect(attempt).toThrow(said);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [{ factor: 0 }, "factor: expected a number of at least 1, got 0"],
    [{ factor: Number.NaN }, "got NaN"],
    [{ from: "2m", max: "1m" }, "max: expected at least `from` (2m), got 1m"],
    [{ jitter: 1.5 }, "jitter: expected a number from 0 to 1, got 1.5"],
    [{ from: "x" }, "exponential().from: expected a duration"],
  ])("refuses exponential(%j)", (options, said) => {
    expect(() => exponential(options)).toThrow(said);
  });
});

describe("isNonRetryable", () => {
  it("knows NonRetryable, its subclasses and another copy's", () => {
    class Broken extends NonRetryable {
      override readonly name = "Broken";
    }
    expect(isNonRetryable(new NonRetryable("x"))).toBe(true);
    expect(isNonRetryable(new Broken("x"))).toBe(true);
    expect(isNonRetryable(Object.assign(new Error("x"), { name: "NonRetryable" }))).toBe(true);
  });

  it("retries all else, causes and refusals included", () => {
    expect(isNonRetryable(new Error("x", { cause: new NonRetryable("y") }))).toBe(false);
    expect(isNonRetryable(new RefusedError({ code: "SEGNO_X", message: "m" }))).toBe(false);
    expect(isNonRetryable(new RetryAfter("1s"))).toBe(false);
    expect(isNonRetryable(undefined)).toBe(false);
    expect(isNonRetryable({ name: "NonRetryable" })).toBe(false);
  });
});
