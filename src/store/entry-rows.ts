import type { EntryKind, JournalEntry, StateMark } from "../core/run.ts";
import type { StateType } from "../core/state.ts";
import { type Bindable, inlineText, parse, refText, storedValue, toJson } from "./columns.ts";

/** Entries of a journal, which are the task runs, as their table holds them and as the domain does. */

export interface TaskRunTable {
  id: string;
  flow_run_id: string | null;
  kind: string;
  name: string;
  task_key: string;
  dynamic_key: string;
  scope: string;
  seq: number;
  done: number | null;
  flow_run_count: number;
  run_count: number;
  state_type: string;
  state_name: string;
  state_at: number;
  state_message: string | null;
  states: string;
  result: string | null;
  result_ref: string | null;
  error: string | null;
  cache_key: string | null;
  cache_expiration: number | null;
  tags: string | null;
  inputs: string | null;
  heartbeat: string | null;
  start_at: number | null;
  end_at: number | null;
  expected_start_at: number | null;
  total_run_time: number;
  child_flow_run_id: string | null;
}

export function entryFromRow(row: TaskRunTable): JournalEntry {
  return {
    id: row.id,
    flowRunId: row.flow_run_id,
    kind: row.kind as EntryKind,
    name: row.name,
    taskKey: row.task_key,
    dynamicKey: row.dynamic_key,
    scope: row.scope,
    seq: row.seq,
    done: row.done,
    flowRunCount: row.flow_run_count,
    runCount: row.run_count,
    stateType: row.state_type as StateType,
    stateName: row.state_name,
    stateAt: row.state_at,
    stateMessage: row.state_message,
    states: parse(row.states) as StateMark[],
    result: storedValue(row.result, row.result_ref),
    error: row.error,
    cacheKey: row.cache_key,
    cacheExpiration: row.cache_expiration,
    tags: row.tags === null ? [] : (parse(row.tags) as string[]),
    inputs: row.inputs === null ? null : (parse(row.inputs) as Record<string, string[]>),
    heartbeat: row.heartbeat,
    startAt: row.start_at,
    endAt: row.end_at,
    expectedStartAt: row.expected_start_at,
    totalRunTime: row.total_run_time,
    childFlowRunId: row.child_flow_run_id,
  };
}

/** The columns of `task_run` in the order of {@link entryToRow}. */
export const ENTRY_COLUMNS = [
  "id",
  "flow_run_id",
  "kind",
  "name",
  "task_key",
  "dynamic_key",
  "scope",
  "seq",
  "done",
  "flow_run_count",
  "run_count",
  "state_type",
  "state_name",
  "state_at",
  "state_message",
  "states",
  "result",
  "result_ref",
  "error",
  "cache_key",
  "cache_expiration",
  "tags",
  "inputs",
  "heartbeat",
  "start_at",
  "end_at",
  "expected_start_at",
  "total_run_time",
  "child_flow_run_id",
] as const satisfies readonly (keyof TaskRunTable)[];

/** The columns of `task_run` that change after its first write. */
export const ENTRY_MUTABLE_COLUMNS = [
  "name",
  "done",
  "flow_run_count",
  "run_count",
  "state_type",
  "state_name",
  "state_at",
  "state_message",
  "states",
  "result",
  "result_ref",
  "error",
  "cache_key",
  "cache_expiration",
  "inputs",
  "heartbeat",
  "start_at",
  "end_at",
  "expected_start_at",
  "total_run_time",
  "child_flow_run_id",
] as const satisfies readonly (typeof ENTRY_COLUMNS)[number][];

export function entryToRow(entry: JournalEntry): Bindable[] {
  return [
    entry.id,
    entry.flowRunId,
    entry.kind,
    entry.name,
    entry.taskKey,
    entry.dynamicKey,
    entry.scope,
    entry.seq,
    entry.done,
    entry.flowRunCount,
    entry.runCount,
    entry.stateType,
    entry.stateName,
    entry.stateAt,
    entry.stateMessage,
    JSON.stringify(entry.states),
    inlineText(entry.result),
    refText(entry.result),
    entry.error,
    entry.cacheKey,
    entry.cacheExpiration,
    entry.tags.length === 0 ? null : JSON.stringify(entry.tags),
    toJson(entry.inputs),
    entry.heartbeat,
    entry.startAt,
    entry.endAt,
    entry.expectedStartAt,
    entry.totalRunTime,
    entry.childFlowRunId,
  ];
}
