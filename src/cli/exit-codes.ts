import { CancelledError, SegnoError, StoreError } from "../core/errors.ts";
import type { StateType } from "../core/state.ts";

/** What the command's exit code says; `docs/cli.md` and `segno --help` list them. */
export const EXIT = {
  ok: 0,
  /** The run or the operation failed. */
  failed: 1,
  /** The command was called wrong: an unknown option, a bad value. */
  usage: 2,
  notFound: 3,
  /** The run was cancelled, or is paused. */
  notFinished: 4,
  /** The store is locked, full, damaged or out of reach. */
  store: 5,
} as const;

const NOT_FOUND: ReadonlySet<string> = new Set(["SEGNO_NOT_FOUND", "SEGNO_AMBIGUOUS", "SEGNO_FLOW_UNKNOWN"]);

/** The exit code for an error that ended a command. */
export function exitCodeFor(error: unknown): number {
  if (error instanceof StoreError) return EXIT.store;
  if (error instanceof CancelledError) return EXIT.notFinished;
  if (!(error instanceof SegnoError)) return EXIT.failed;
  if (NOT_FOUND.has(error.code)) return EXIT.notFound;
  if (error.code === "SEGNO_RUN_CANCELLED") return EXIT.notFinished;
  if (error.code === "SEGNO_USAGE" || error.code.startsWith("SEGNO_INVALID_")) return EXIT.usage;
  return EXIT.failed;
}

/** The exit code for a run that a command watched or brought to this state. */
export function exitCodeForState(type: StateType): number {
  if (type === "COMPLETED") return EXIT.ok;
  if (type === "FAILED" || type === "CRASHED") return EXIT.failed;
  return EXIT.notFinished;
}
