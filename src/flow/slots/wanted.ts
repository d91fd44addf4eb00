import { type Duration, parseDuration } from "../../core/duration.ts";
import { RefusedError } from "../../core/errors.ts";
import type { LiveCall } from "../engine/call.ts";
import { mark } from "../engine/entry.ts";

/** Options of `rateLimit()`. */
export interface RateOptions {
  /** Slots to take of each limit; default 1. */
  readonly occupy?: number;
  /** How long to wait for them; default for ever. */
  readonly timeout?: Duration;
  /** True: a name that no limit has is an error. Default: such a name does not limit. */
  readonly strict?: boolean;
}

/** Options of `concurrency()`. */
export interface ConcurrencyOptions extends RateOptions {
  /**
   * How long the slots stay taken after a sign of life of this process, which gives one every second;
   * default and at least 5 minutes. Of a process that died on this machine they come back at once.
   */
  readonly leaseDuration?: Duration;
}

/** Options of `concurrency()` and `rateLimit()`, read. */
export interface Wanted {
  readonly names: readonly string[];
  readonly slots: number;
  /** ms; undefined waits for ever. */
  readonly timeout: number | undefined;
  readonly strict: boolean;
  readonly leaseMs: number;
}

const LEASE_MS = 300_000;

export function readWanted(
  what: string,
  given: string | readonly string[],
  options: ConcurrencyOptions,
): Wanted {
  const names = typeof given === "string" ? [given] : given;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string" && name.trim() !== "")) {
    throw invalidOption(`${what}(names) takes the name of a limit, or an array of names`, given);
  }
  if (typeof options !== "object" || options === null)
    throw invalidOption(`${what}: options must be an object`, options);
  const { occupy = 1, timeout, strict = false, leaseDuration } = options;
  if (!Number.isSafeInteger(occupy) || occupy < 1) {
    throw invalidOption(`${what}: \`occupy\` must be a whole number of at least 1`, occupy);
  }
  const lease =
    leaseDuration === undefined ? LEASE_MS : parseDuration(leaseDuration, `${what}: leaseDuration`);
  return {
    names: [...new Set(names as readonly string[])],
    slots: occupy,
    strict,
    timeout: timeout === undefined ? undefined : parseDuration(timeout, `${what}: timeout`),
    leaseMs: Math.max(LEASE_MS, lease),
  };
}

export function invalidOption(expected: string, got: unknown): RefusedError {
  const shown =
    typeof got === "string"
      ? JSON.stringify(got)
      : Array.isArray(got)
        ? "an array with other things"
        : String(got);
  return new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `${expected}; got ${shown}.`,
    facts: { got: shown },
  });
}

/** Shows a call that waits for slots as such. */
export function awaiting(live: LiveCall, blockedBy: string): void {
  mark(
    live.entry,
    "PENDING",
    "AwaitingConcurrencySlot",
    `Waiting for a slot of ${JSON.stringify(blockedBy)}`,
  );
  live.post();
}
