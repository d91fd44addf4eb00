import { newId, nowMicros } from "../../client/time.ts";
import type { EntryKind, JournalEntry, StateMark } from "../../core/run.ts";
import { DEFAULT_STATE_NAME, type StateName, type StateType } from "../../core/state.ts";

export interface EntryInit {
  readonly flowRunId: string | null;
  readonly kind: EntryKind;
  readonly name: string;
  readonly taskKey: string;
  readonly dynamicKey: string;
  readonly scope: string;
  readonly seq: number;
  readonly flowRunCount: number;
  readonly tags: readonly string[];
}

const NO_MARKS: readonly StateMark[] = [];

/** A call's row, as it stands when the call is made. */
export function newEntry(init: EntryInit): JournalEntry {
  return {
    id: newId(),
    flowRunId: init.flowRunId,
    kind: init.kind,
    name: init.name,
    taskKey: init.taskKey,
    dynamicKey: init.dynamicKey,
    scope: init.scope,
    seq: init.seq,
    done: null,
    flowRunCount: init.flowRunCount,
    runCount: 0,
    stateType: "PENDING",
    stateName: "Pending",
    stateAt: nowMicros(),
    stateMessage: null,
    states: NO_MARKS,
    result: null,
    error: null,
    cacheKey: null,
    cacheExpiration: null,
    tags: init.tags,
    inputs: null,
    heartbeat: null,
    startAt: null,
    endAt: null,
    expectedStartAt: null,
    totalRunTime: 0,
    childFlowRunId: null,
  };
}

/** A task that is retried for ever must not grow its row for ever: the first and the last marks stay. */
const MARKS_KEPT = 50;

/**
 * An entry that was Running in a process that is gone: nobody saw when it stopped, so none of the
 * time since counts as its own.
 */
export function markDied(entry: JournalEntry): void {
  entry.stateType = "PENDING";
  mark(entry, "CRASHED", "Crashed", "Its process died.");
  entry.endAt = null;
}

/** Moves an entry to a state, keeping the columns that follow from it. */
export function mark(
  entry: JournalEntry,
  type: StateType,
  name: StateName = DEFAULT_STATE_NAME[type],
  message: string | null = null,
): void {
  const at = nowMicros();
  if (entry.stateType === "RUNNING") entry.totalRunTime += at - entry.stateAt;
  entry.stateType = type;
  entry.stateName = name;
  entry.stateAt = at;
  entry.stateMessage = message;
  const stamp: StateMark = message === null ? [type, name, at] : [type, name, at, message];
  const marks = entry.states;
  entry.states =
    marks.length < MARKS_KEPT
      ? [...marks, stamp]
      : [...marks.slice(0, 1), ...marks.slice(2 - MARKS_KEPT), stamp];
  if (type === "RUNNING") {
    entry.startAt ??= at;
    entry.endAt = null;
  } else if (type === "COMPLETED" || type === "FAILED" || type === "CANCELLED" || type === "CRASHED") {
    entry.endAt = at;
  }
}
