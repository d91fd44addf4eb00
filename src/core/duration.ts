import { RefusedError } from "./errors.ts";

/**
 * A length of time: milliseconds, or text such as `"500ms"`, `"90s"`, `"2m"`, `"1.5h"`, `"1d"`,
 * `"1w"`, or several of those from the largest down (`"1h30m"`, `"1h 30m"`).
 */
export type Duration = number | string;

const UNIT_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** No date lies further from another than this, so nothing could ever be due. */
const LONGEST_MS = 8.64e15;

const WHOLE = /^(?:\d+(?:\.\d+)?|\.\d+)(?:ms|[wdhms])(?:\s*(?:\d+(?:\.\d+)?|\.\d+)(?:ms|[wdhms]))*$/;
const PART = /(\d+(?:\.\d+)?|\.\d+)(ms|[wdhms])/g;

/**
 * Milliseconds of a duration.
 *
 * @param what names the value in the error, e.g. `"timeout"`.
 * @throws RefusedError `SEGNO_INVALID_DURATION` when it is not a duration.
 * @example
 * parseDuration("1h30m"); // 5_400_000
 */
export function parseDuration(value: Duration, what = "duration"): number {
  if (typeof value === "number") {
    if (value >= 0 && value <= LONGEST_MS) return value;
    throw invalid(value, what, "a number of milliseconds must be finite and not negative");
  }
  if (typeof value !== "string") throw invalid(value, what);

  const text = value.trim();
  if (text.length > 100 || !WHOLE.test(text)) throw invalid(value, what, hintFor(text));
  let total = 0;
  let last = Number.POSITIVE_INFINITY;
  for (const [, amount, unit] of text.matchAll(PART)) {
    const size = UNIT_MS[unit ?? ""] ?? 0;
    // "30m1h" or "1m 1m" is more likely a slip than a wish.
    if (size >= last) throw invalid(value, what, "write each unit once, the largest first");
    last = size;
    total += Number(amount) * size;
  }
  if (total > LONGEST_MS) throw invalid(value, what, "it is longer than any calendar");
  // 1.1h is 3960000.0000000005 in binary; thousandths of a millisecond are the store's grain.
  return Math.round(total * 1000) / 1000;
}

/**
 * A duration for people, two units at most.
 *
 * @param ms milliseconds.
 * @example
 * formatDuration(184_000); // "3m 4s"
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms);
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 9.95) return `${Number(ms.toFixed(1))}ms`;
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))}s`;

  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(seconds, 60, "m", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(minutes, 60, "h", "m");
  return pair(Math.round(minutes / 60), 24, "d", "h");
}

function pair(amount: number, size: number, large: string, small: string): string {
  const rest = amount % size;
  const whole = `${Math.floor(amount / size)}${large}`;
  return rest === 0 ? whole : `${whole} ${rest}${small}`;
}

function hintFor(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (text.startsWith("-")) return "it is negative";
  if (/^\d+(\.\d+)?$/.test(text)) return `text needs a unit: "${text}ms" or "${text}s"?`;
  return undefined;
}

function invalid(value: unknown, what: string, hint?: string): RefusedError {
  const came = describe(value);
  return new RefusedError({
    code: "SEGNO_INVALID_DURATION",
    message:
      `${what}: expected a duration (milliseconds, or text such as "500ms", "90s", "2m", "1.5h", "1d", "1w", "1h30m"), ` +
      `got ${came}${hint === undefined ? "" : `: ${hint}`}.`,
    help: "Write the length of time with a unit (ms, s, m, h, d, w), or as a number of milliseconds that is not negative.",
    facts: { what, value: came },
  });
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number") return String(value);
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
