import { describe, expect, it } from "vitest";
import { RetryAfter } from "./retry-after-error.ts";
import { recordError, reviveError } from "./recorded-error.ts";
import { retryAfterMs } from "./retry-after.ts";

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const withHeaders = (headers: unknown): Error => Object.assign(new Error("429"), { headers });

describe("retryAfterMs", () => {
  it("reads RetryAfter, for as long as it says, also after a replay", () => {
    expect(retryAfterMs(new RetryAfter("90s"), NOW)).toBe(90_000);
    expect(retryAfterMs(new RetryAfter(5), NOW)).toBe(5);
    expect(retryAfterMs(new RetryAfter("3d"), NOW)).toBe(259_200_000);
    expect(() => new RetryAfter("whenever")).toThrow("RetryAfter: after: expected a duration");
    expect(retryAfterMs(reviveError(recordError(new RetryAfter("2s"))), NOW)).toBe(2000);
  });

  it.each([
    [new Headers({ "Retry-After": "7" }), 7000],
    [new Headers({ "retry-after-ms": "1500", "retry-after": "2" }), 1500],
    [new Map([["Retry-After", "7"]]), 7000],
    [new Map([["retry-after", 7]]), 7000],
    [{ "RETRY-AFTER": " 1.5 " }, 1500],
    [{ "retry-after": ["3", "9"] }, 3000],
    [{ "retry-after": 0 }, 0],
    [{ get: (name: string) => (name === "retry-after" ? "4" : null) }, 4000],
    [{ "retry-after": "Thu, 01 Jan 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thursday, 01-Jan-26 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Thu Jan  1 12:00:30 2026" }, 30_000],
    [{ "retry-after": "2026-01-01T12:00:30Z" }, 30_000],
    [{ "retry-after": "Thu, 01 Jan 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "86400" }, 86_400_000],
    [{ "retry-after": "86401" }, undefined],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "2026" }, 2_026_000],
    [{ "retry-after": "Thu, 01 Jan 2027 12:00:00 GMT" }, undefined],
    [{ "retry-after-ms": "x", "retry-after": "2" }, 2000],
    [{ "retry-after": {} }, undefined],
    [{}, undefined],
    ["retry-after: 5", undefined],
    [null, undefined],
  ])("reads headers %#", (headers, ms) => {
    expect(retryAfterMs(withHeaders(headers), NOW)).toBe(ms);
  });

  it("finds them wherever HTTP clients put them", () => {
    const headers = { "retry-after": "3" };
    expect(retryAfterMs({ response: { headers } }, NOW)).toBe(3000);
    expect(retryAfterMs({ response: new Response(null, { headers }) }, NOW)).toBe(3000);
    expect(retryAfterMs({ $response: { headers } }, NOW)).toBe(3000);
    expect(retryAfterMs({ responseHeaders: headers }, NOW)).toBe(3000);
    expect(retryAfterMs({ headers: {}, responseHeaders: headers }, NOW)).toBe(3000);
    expect(retryAfterMs({ retryAfter: 3 }, NOW)).toBe(3000);
    expect(retryAfterMs({ retryAfter: "3" }, NOW)).toBe(3000);
    expect(retryAfterMs({ retryAfter: new Date(NOW + 3000) }, NOW)).toBe(3000);
  });

  it("asks five causes and no more", () => {
    const wrap = (error: unknown, times: number): unknown =>
      times === 0 ? error : wrap(new Error("wrapped", { cause: error }), times - 1);
    expect(retryAfterMs(wrap(new RetryAfter("1s"), 5), NOW)).toBe(1000);
    expect(retryAfterMs(wrap(new RetryAfter("1s"), 6), NOW)).toBeUndefined();
    const ring = new Error("ring");
    ring.cause = ring;
    expect(retryAfterMs(ring, NOW)).toBeUndefined();
  });

  it("never throws", () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
      },
    );
    for (const error of [
      undefined,
      null,
      "x",
      1,
      hostile,
      withHeaders(hostile),
      {
        headers: {
          get() {
            throw new Error("no");
          },
        },
      },
    ]) {
      expect(retryAfterMs(error, NOW)).toBeUndefined();
    }
  });
});
