import { parseDuration } from "../../core/duration.ts";
import { usageError } from "../usage-error.ts";

/** A moment in µs from `2h` (ago) or a date; anything else is refused. */
export function momentOf(text: string, nowMs = Date.now()): number {
  try {
    return Math.round((nowMs - parseDuration(text)) * 1000);
  } catch {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms)) return ms * 1000;
    throw usageError(
      `--since is ${JSON.stringify(text)}; expected a duration such as 2h or a date such as 2026-11-21T08:00.`,
    );
  }
}
