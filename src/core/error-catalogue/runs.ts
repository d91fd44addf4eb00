import { type Catalogue, entryOf } from "./entry.ts";

const stopped = entryOf("StoppedError");
const replay = entryOf("ReplayError");
const leaseLost = entryOf("LeaseLostError");
const cancelled = entryOf("CancelledError");
const timedOut = entryOf("TimedOutError");

const CHANGED_CODE =
  "Keep the old branch for old runs with `patched()`, run the version that the run began with, or start a new run; take times, random numbers and ids from `clock`, `random` and `uuid`.";

/** What ends an execution. */
export const RUN_ERRORS = {
  SEGNO_REPLAY_DIVERGED: replay(
    "The code called something other than the journal holds at that place. The message shows both sides and the line.",
    CHANGED_CODE,
  ),
  SEGNO_REPLAY_ENDED_EARLY: replay(
    "The code ended before it made all the calls that the journal holds.",
    CHANGED_CODE,
  ),
  SEGNO_REPLAY_STALLED: replay(
    "The code waits for something other than what its journal gave it next.",
    `${CHANGED_CODE} If the flow's own code is only slow, raise \`SEGNO_REPLAY_STALL_TIMEOUT\` or put that work into a task.`,
  ),
  SEGNO_LEASE_LOST: leaseLost(
    "Another process took the run over, because this one was silent for longer than its lease.",
    "Let the other one finish; look for what blocked this process (a long computation belongs into a worker thread).",
  ),
  SEGNO_JOURNAL_REFUSED: stopped(
    "The journal did not take an entry. The run is kept as it was before.",
    "Look at the cause, then resume the run.",
  ),
  SEGNO_RUN_ENDED: cancelled(
    "Something was called in a run that has ended, for instance by a promise that nobody awaited.",
    "Await every call before the flow returns.",
  ),
  SEGNO_CANCELLED: cancelled(
    "The flow or the task was cancelled, by a person, a program or its parent.",
    "Nothing is wrong; start another run if the work is still wanted.",
  ),
  SEGNO_TIMED_OUT: timedOut(
    "A flow or a task took longer than its `timeout`.",
    "Give `getRunContext().signal` to whatever it waits for; raise `timeout` if it needs the time.",
  ),
  SEGNO_TRANSITION_REFUSED: stopped(
    "A run cannot go from the state that it is in to the one that this execution asked for; another process may have ended it.",
    "Look at its states with `segno flow-run inspect`.",
  ),
  SEGNO_INTERRUPTED: stopped(
    "The process was told to stop (Ctrl-C, SIGTERM) while it executed the run.",
    "Resume the run to go on where it stopped.",
  ),
  SEGNO_UNDECODABLE: stopped(
    "A stored value cannot be read back: it was written by a newer version, or changed from outside.",
    "Upgrade, or restore the store from a backup; then resume the run.",
  ),
} satisfies Catalogue;
