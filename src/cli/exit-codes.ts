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
  const known = segnoError(error);
  if (known === undefined) return EXIT.failed;
  if (known.name === "StoreError") return EXIT.store;
  if (isCancellation(error)) return EXIT.notFinished;
  if (NOT_FOUND.has(known.code)) return EXIT.notFound;
  return known.code === "SEGNO_USAGE" || known.code.startsWith("SEGNO_INVALID_") ? EXIT.usage : EXIT.failed;
}

/** Whether an error says that a run was cancelled. */
export function isCancellation(error: unknown): boolean {
  const known = segnoError(error);
  return known?.name === "CancelledError" || known?.code === "SEGNO_RUN_CANCELLED";
}

/**
 * An error of Segno's own, told by its code and not by `instanceof`: a flow whose file is loaded as
 * CommonJS throws the classes of another copy.
 */
export function segnoError(
  error: unknown,
): (Error & { readonly code: string; readonly help?: string }) | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code.startsWith("SEGNO_") ? (error as Error & { code: string; help?: string }) : undefined;
}

/** The exit code for a run that a command watched or brought to this state. */
export function exitCodeForState(type: StateType): number {
  if (type === "COMPLETED") return EXIT.ok;
  if (type === "FAILED" || type === "CRASHED") return EXIT.failed;
  return EXIT.notFinished;
}
