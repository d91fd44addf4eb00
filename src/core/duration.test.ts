import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Duration, formatDuration, parseDuration } from "./duration.ts";
import { RefusedError } from "./errors.ts";

describe("parseDuration", () => {
  it.each([
    [0, 0],
    [1500, 1500],
    [0.25, 0.25],
    ["500ms", 500],
    ["90s", 90_000],
    ["2m", 120_000],
    ["1.5h", 5_400_000],
    ["1.1h", 3_960_000],
    ["1d", 86_400_000],
    ["1w", 604_800_000],
    ["1h30m", 5_400_000],
    ["1h 30m 5s 1ms", 5_405_001],
    [" 10s ", 10_000],
    [".5s", 500],
    ["0s", 0],
  ])("%j is %d ms", (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
  });

  it.each([
    [-1, "not negative"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [1e16, "finite"],
    ["", "it is empty"],
    ["  ", "it is empty"],
    ["-5s", "it is negative"],
    ["90", '"90ms" or "90s"?'],
    ["5 parsecs", '"5 parsecs"'],
    ["5S", '"5S"'],
    ["1m1h", "the largest first"],
    ["1m 1m", "write each unit once"],
    ["1..5s", '"1..5s"'],
    [`${"9".repeat(99)}w`, "calendar"],
    [`${"9".repeat(5000)}w`, "got"],
    [null, "null"],
    [undefined, "undefined"],
    [["1s"], "an array"],
    [{ seconds: 1 }, "type object"],
    [true, "type boolean"],
  ])("refuses %j and says why", (value, said) => {
    const attempt = () => parseDuration(value as Duration, "timeout");
    expect(attempt).toThrow(RefusedError);
    expect(attempt).toThrow(said);
    expect(attempt).toThrow(/^timeout: expected a duration .*\n {2}Write the length of time/);
    expect(attempt).toThrow(expect.objectContaining({ code: "SEGNO_INVALID_DURATION" }));
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [0.8, "0.8ms"],
    [9.96, "10ms"],
    [12.4, "12ms"],
    [999.6, "1s"],
    [1234, "1.2s"],
    [59_960, "1m"],
    [184_000, "3m 4s"],
    [3_599_700, "1h"],
    [5_400_000, "1h 30m"],
    [86_399_999, "1d"],
    [100_800_000, "1d 4h"],
    [-1500, "-1.5s"],
    [Number.NaN, "NaN"],
  ])("%d ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("can be read back, to within the last unit shown", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
        const back = parseDuration(formatDuration(ms));
        const grain =
          ms < 9.95
            ? 0.05
            : ms < 999.5
              ? 0.5
              : ms < 59_950
                ? 50
                : ms < 3.6e6
                  ? 500
                  : ms < 8.64e7
                    ? 31_000
                    : 1.9e6;
        expect(Math.abs(back - ms)).toBeLessThanOrEqual(grain + 1e-6);
      }),
    );
  });
});
