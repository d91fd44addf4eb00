/**
 * Places with a name where a test can kill the process: between any two things that must both happen.
 *
 * `SEGNO_CRASH_AT=journal.committed` kills it there the first time, `journal.committed:5` the fifth.
 * Without the variable a point costs one comparison.
 */
export type CrashPoint =
  /** A batch is taken from the queue; nothing of it is on disk. */
  | "journal.taken"
  /** A batch is on disk; nobody has been told. */
  | "journal.committed"
  /** A large value is on disk; no row names it. */
  | "result.written"
  /** A task's body returned; its end is not queued. */
  | "task.returned"
  /** A task failed and will be retried; the wait has not begun. */
  | "task.awaiting-retry"
  /** An outcome was given to the code. */
  | "outcome.delivered"
  /** A sleep was recorded and not yet slept. */
  | "sleep.begun"
  /** A flow's body returned; its end is not queued. */
  | "flow.returned"
  /** A flow's end is on disk; its caller has not been told. */
  | "flow.finished"
  /** A subflow's run is queued, its body has not begun. */
  | "subflow.created"
  /** A cache key's lock is held; its value is not computed. */
  | "cache.locked"
  /** A transaction's block ended; nothing of its commit is done. */
  | "transaction.committing"
  /** One of several rollback hooks is done. */
  | "transaction.rolling-back";

const armed = readArmed();

/** Kills the process here, if a test asked for it. */
export function crashPoint(point: CrashPoint): void {
  if (armed !== null && armed.point === point && --armed.left === 0) process.kill(process.pid, "SIGKILL");
}

function readArmed(): { readonly point: string; left: number } | null {
  const asked = process.env["SEGNO_CRASH_AT"];
  if (asked === undefined || asked === "") return null;
  const [point = "", count = "1"] = asked.split(":");
  return { point, left: Number(count) };
}
