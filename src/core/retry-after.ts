import { parseDuration } from "./duration.ts";
import { RetryAfter } from "./retry-after-error.ts";

/** A server that asks for longer than this is mistaken, or wants not to be asked by a program. */
const LONGEST_MS = 86_400_000;

const DEEPEST_CAUSE = 5;

/**
 * Milliseconds after which the error itself asks to be retried, or undefined when it does not.
 *
 * Reads {@link RetryAfter}; the headers `retry-after-ms` and `retry-after` (seconds or a date) of
 * what HTTP clients throw (`error.headers`, `error.response.headers`, `error.responseHeaders`, be
 * they Headers, a Map or an object in any case); `error.retryAfter` (seconds or a date); and the same
 * of five causes. A header that asks for more than a day is not believed. Never throws.
 *
 * @param now ms since the epoch, for dates.
 */
export function retryAfterMs(error: unknown, now: number): number | undefined {
  let at = error;
  for (let depth = 0; depth <= DEEPEST_CAUSE; depth++) {
    if (typeof at !== "object" || at === null) return undefined;
    try {
      const ms = own(at, now);
      if (ms !== undefined) return ms;
      at = Reflect.get(at, "cause");
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function own(error: object, now: number): number | undefined {
  if (error instanceof RetryAfter || Reflect.get(error, "name") === "RetryAfter") {
    const asked = duration(Reflect.get(error, "after"));
    if (asked !== undefined) return asked;
  }
  for (const headers of headersOf(error)) {
    const ms = believable(Number(header(headers, "retry-after-ms") ?? Number.NaN));
    if (ms !== undefined) return ms;
    const after = secondsOrDate(header(headers, "retry-after"), now);
    if (after !== undefined) return after;
  }
  return secondsOrDate(Reflect.get(error, "retryAfter"), now);
}

function headersOf(error: object): object[] {
  const response: unknown = Reflect.get(error, "response") ?? Reflect.get(error, "$response");
  return [
    Reflect.get(error, "headers"),
    isObject(response) ? Reflect.get(response, "headers") : undefined,
    Reflect.get(error, "responseHeaders"),
  ].filter(isObject);
}

function header(headers: object, name: string): string | number | undefined {
  const get: unknown = Reflect.get(headers, "get");
  if (typeof get === "function" && !(headers instanceof Map)) {
    const value: unknown = Reflect.apply(get, headers, [name]);
    if (typeof value === "string") return value;
  }
  const entries: Iterable<[unknown, unknown]> = headers instanceof Map ? headers : Object.entries(headers);
  for (const [key, value] of entries) {
    if (typeof key !== "string" || key.toLowerCase() !== name) continue;
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === "string" || typeof first === "number") return first;
  }
  return undefined;
}

function secondsOrDate(value: unknown, now: number): number | undefined {
  if (value instanceof Date) return untilDate(value.getTime(), now);
  if (typeof value === "number") return believable(value * 1000);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return believable(Number(text) * 1000);
  // A date begins with a day's name, or is ISO 8601; Date.parse would take a good deal more.
  if (!/^(?:[A-Z][a-z]{2,8},? |\d{4}-\d{2}-\d{2}T)/.test(text)) return undefined;
  // asctime's form has no zone, and HTTP's dates are all in GMT.
  return untilDate(Date.parse(/(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text} GMT`), now);
}

function untilDate(time: number, now: number): number | undefined {
  return Number.isNaN(time) ? undefined : believable(Math.max(0, time - now));
}

function believable(ms: number): number | undefined {
  return ms >= 0 && ms <= LONGEST_MS ? ms : undefined;
}

function duration(value: unknown): number | undefined {
  try {
    return parseDuration(value as string | number);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
