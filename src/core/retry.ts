import { type Duration, formatDuration, parseDuration } from "./duration.ts";
import { NonRetryable, RefusedError } from "./errors.ts";
import { showValue } from "./value-kind.ts";

export { retryAfterMs } from "./retry-after.ts";

/** Made by {@link exponential}; times in milliseconds. */
export interface ExponentialBackoff {
  readonly kind: "exponential";
  readonly from: number;
  readonly factor: number;
  readonly max: number;
  /** Undefined: the task's own jitter factor holds. */
  readonly jitter: number | undefined;
}

/**
 * How long to wait before a retry: always the same, one time for each retry (the last one repeats),
 * growing, or as a function of the retry's number (from 1) and the error says.
 */
export type RetryDelay =
  Duration | readonly Duration[] | ExponentialBackoff | ((attempt: number, error: unknown) => Duration);

const LONGEST_LIST = 50;

/**
 * Delays that grow: `from`, `from × factor`, `from × factor²`, … up to `max`.
 *
 * @param options `from` is 1 s if not given, `factor` 2, `max` 1 h. `jitter` (0 to 1) spreads each
 * delay evenly over that share of it to either side, but never past `max`.
 * @throws RefusedError `SEGNO_INVALID_RETRY_DELAY` or `SEGNO_INVALID_DURATION`.
 * @example
 * task({ retries: 5, retryDelay: exponential({ from: "2s", max: "60s", jitter: 0.5 }) }, embed);
 */
export function exponential(
  options: { from?: Duration; factor?: number; max?: Duration; jitter?: number } = {},
): ExponentialBackoff {
  if (typeof options !== "object" || options === null) {
    throw invalid(
      "exponential(): expected options such as { from, factor, max, jitter }",
      showValue(options),
      'Write exponential({ from: "1s", max: "60s" }).',
    );
  }
  const { factor = 2, jitter } = options;
  const from = parseDuration(options.from ?? "1s", "exponential().from");
  const max = parseDuration(options.max ?? Math.max(from, 3_600_000), "exponential().max");
  if (typeof factor !== "number" || !(factor >= 1) || !Number.isFinite(factor)) {
    throw invalid(
      "exponential().factor: expected a number of at least 1",
      factor,
      "Give 2 to double the delay each time.",
    );
  }
  if (max < from) {
    throw invalid(
      `exponential().max: expected at least \`from\` (${formatDuration(from)})`,
      formatDuration(max),
      "Raise `max` or lower `from`.",
    );
  }
  if (jitter !== undefined && !(typeof jitter === "number" && jitter >= 0 && jitter <= 1)) {
    throw invalid(
      "exponential().jitter: expected a number from 0 to 1",
      jitter,
      "Give 0.3 to have a delay of 10 s last 7 to 13 s.",
    );
  }
  return Object.freeze({ kind: "exponential", from, factor, max, jitter });
}

/**
 * Refuses at a task's definition what {@link retryDelayMs} could not use at its first failure.
 *
 * @param what names the option in the error, e.g. `"retryDelay of task load-document"`.
 * @throws RefusedError `SEGNO_INVALID_RETRY_DELAY` or `SEGNO_INVALID_DURATION`.
 */
export function checkRetryDelay(delay: RetryDelay, what = "retryDelay"): void {
  if (typeof delay === "function") return;
  if (typeof delay === "number" || typeof delay === "string") {
    parseDuration(delay, what);
    return;
  }
  if (isList(delay)) {
    if (delay.length === 0 || delay.length > LONGEST_LIST) {
      throw invalid(
        `${what}: expected a list of 1 to ${LONGEST_LIST} durations`,
        `${delay.length} of them`,
        "The last one repeats, so a list need not be as long as the number of retries.",
      );
    }
    for (const [index, entry] of delay.entries()) parseDuration(entry, `${what}[${index}]`);
    return;
  }
  if (isBackoff(delay)) {
    exponential(delay);
    return;
  }
  throw invalid(
    `${what}: expected a duration, a list of durations, exponential({…}) or a function of the attempt and the error`,
    delay,
    'For example "10s", ["1s", "10s", "60s"] or exponential({ from: "1s", max: "60s" }).',
  );
}

/**
 * Milliseconds to wait before a retry.
 *
 * @param attempt number of the retry, from 1.
 * @param random a number in [0, 1): the place within the jitter's spread.
 * @param jitterFactor the share of the delay by which it may be shorter or longer; a backoff's own
 * jitter comes first.
 * @throws RefusedError `SEGNO_INVALID_DURATION` when a delay function gives something else.
 */
export function retryDelayMs(
  delay: RetryDelay | undefined,
  attempt: number,
  random: number,
  error: unknown,
  jitterFactor = 0,
): number {
  if (delay === undefined) return 0;
  if (typeof delay === "function") {
    return spread(
      parseDuration(delay(attempt, error), "what the retryDelay function gave"),
      jitterFactor,
      random,
    );
  }
  if (isList(delay))
    return spread(parseDuration(delay[Math.min(attempt, delay.length) - 1] ?? 0), jitterFactor, random);
  if (typeof delay === "object") {
    const base = Math.min(delay.from * delay.factor ** (attempt - 1), delay.max);
    return spread(base, delay.jitter ?? jitterFactor, random, delay.max);
  }
  return spread(parseDuration(delay), jitterFactor, random);
}

/**
 * Whether the error ends retrying: a {@link NonRetryable} or a subclass, also of another copy of
 * this package. Its causes are not asked: wrapping one in another error is how code says that it
 * may be tried again after all. What else ends it (a {@link RefusedError}, a cancelled run) is the
 * engine's to say.
 */
export function isNonRetryable(error: unknown): boolean {
  if (error instanceof NonRetryable) return true;
  try {
    return error instanceof Error && error.name === "NonRetryable";
  } catch {
    return false;
  }
}

/** Evenly over the range, cut at `max` rather than piled up there: that would undo the jitter. */
function spread(base: number, jitter: number, random: number, max = Number.POSITIVE_INFINITY): number {
  if (jitter === 0) return base;
  const low = base * Math.max(0, 1 - jitter);
  const high = Math.min(base * (1 + jitter), max);
  return Math.round(low + (high - low) * random);
}

/** The type says so, but a caller without types may have given anything. */
function isBackoff(delay: unknown): delay is ExponentialBackoff {
  return typeof delay === "object" && delay !== null && Reflect.get(delay, "kind") === "exponential";
}

function isList(delay: RetryDelay): delay is readonly Duration[] {
  return Array.isArray(delay);
}

function invalid(expected: string, came: unknown, help: string): RefusedError {
  const got = typeof came === "string" ? came : showValue(came);
  return new RefusedError({
    code: "SEGNO_INVALID_RETRY_DELAY",
    message: `${expected}, got ${got}.`,
    help,
    facts: { value: got },
  });
}
