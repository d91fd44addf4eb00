import { type Duration, parseDuration } from "./duration.ts";
import { shareAcrossCopies } from "./across-copies.ts";

/**
 * Throw it from a task to be retried no sooner than `after` (milliseconds or a duration such as
 * `"30s"`), whatever the task's own delay says. It still counts as one attempt.
 *
 * @throws RefusedError `SEGNO_INVALID_DURATION` when `after` is not a duration.
 * @example
 * throw new RetryAfter("60s", "the index is rebuilding");
 */
export class RetryAfter extends Error {
  override readonly name: string = "RetryAfter";
  readonly after: Duration;

  constructor(after: Duration, message = "retry later", options?: ErrorOptions) {
    super(message, options);
    parseDuration(after, "RetryAfter: after");
    this.after = after;
  }
}
shareAcrossCopies("RetryAfter", RetryAfter);
