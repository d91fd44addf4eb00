import { shareAcrossCopies } from "./across-copies.ts";

/**
 * Errors, by what follows from them.
 *
 * A class says what the engine does next (refuse, stop, retry, end retrying); the code says exactly
 * what happened and never changes; the facts are fields, so that nobody parses a message. The
 * catalogue in `error-catalogue.ts` lists every code with its remedy.
 */

export interface SegnoErrorInit {
  code: `SEGNO_${string}`;
  message: string;
  /** What to do about it: one sentence in the imperative. */
  help?: string;
  facts?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/**
 * Every error of Segno's own: a class for what follows from it, a code that never changes, and its
 * facts as data.
 *
 * @example
 * try {
 *   await ingest({ paths });
 * } catch (error) {
 *   if (error instanceof SegnoError) console.error(error.code, error.facts);
 *   else throw error;
 * }
 */
export class SegnoError extends Error {
  override readonly name: string = "SegnoError";
  readonly code: `SEGNO_${string}`;
  readonly help: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(init: SegnoErrorInit) {
    super(
      init.help === undefined ? init.message : `${init.message}\n  ${init.help}`,
      init.cause === undefined ? undefined : { cause: init.cause },
    );
    this.code = init.code;
    this.help = init.help;
    this.facts = init.facts ?? {};
  }
}

/**
 * Refused: the call was wrong; nothing was changed.
 *
 * @example
 * if (error instanceof RefusedError && error.code === "SEGNO_INVALID_INPUT") showIssues(error.facts.issues);
 */
export class RefusedError extends SegnoError {
  override readonly name = "RefusedError";
}

/**
 * Stopped: this execution must not go on; the run is whole and can be resumed once the cause is gone.
 *
 * @example
 * if (error instanceof StoppedError) process.exitCode = 75; // try again later
 */
export class StoppedError extends SegnoError {
  override readonly name: string = "StoppedError";
}

/**
 * The code asked for something other than what the journal holds.
 *
 * @example
 * if (error instanceof ReplayError) console.error("the flow was changed while a run was under way");
 */
export class ReplayError extends StoppedError {
  override readonly name = "ReplayError";
}

/**
 * Another execution owns the run now; nothing this one wrote since was stored.
 *
 * @example
 * if (error instanceof LeaseLostError) console.error("another process finishes the run");
 */
export class LeaseLostError extends StoppedError {
  override readonly name = "LeaseLostError";
}

/**
 * The store could not keep what it was given; nothing acknowledged was lost.
 *
 * @example
 * if (error instanceof StoreError && error.code === "SEGNO_STORE_FULL") await freeSpace();
 */
export class StoreError extends StoppedError {
  override readonly name = "StoreError";
}

/**
 * The run or the task was cancelled.
 *
 * @example
 * if (error instanceof CancelledError) console.log("cancelled");
 */
export class CancelledError extends SegnoError {
  override readonly name = "CancelledError";
}

/**
 * The run or the task took longer than its timeout.
 *
 * @example
 * const page = await load(url).catch((error) => {
 *   if (error instanceof TimedOutError) return "";
 *   throw error;
 * });
 */
export class TimedOutError extends SegnoError {
  override readonly name = "TimedOutError";
}

/**
 * Throw it (or a subclass) from a task to end retrying at once.
 *
 * @example
 * throw new NonRetryable("the document is not a PDF", { cause: error });
 */
export class NonRetryable extends Error {
  override readonly name: string = "NonRetryable";
}

const SHARED = {
  SegnoError,
  RefusedError,
  StoppedError,
  ReplayError,
  LeaseLostError,
  StoreError,
  CancelledError,
  TimedOutError,
  NonRetryable,
};
for (const [name, shared] of Object.entries(SHARED)) shareAcrossCopies(name, shared);
