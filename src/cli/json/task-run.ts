import { reviveError } from "../../core/recorded-error.ts";
import type { JournalEntry } from "../../core/run.ts";
import { isoTime } from "../output/time.ts";
import { inlineJson } from "./flow-run.ts";

export function taskRunJson(entry: JournalEntry): Record<string, unknown> {
  return {
    id: entry.id,
    flow_run_id: entry.flowRunId,
    kind: entry.kind,
    name: entry.name,
    task_key: entry.taskKey,
    dynamic_key: entry.dynamicKey,
    parent_task_run_id: entry.scope === "" ? null : entry.scope,
    state_type: entry.stateType,
    state_name: entry.stateName,
    state: {
      type: entry.stateType,
      name: entry.stateName,
      timestamp: isoTime(entry.stateAt),
      message: entry.stateMessage,
    },
    run_count: entry.runCount,
    flow_run_run_count: entry.flowRunCount,
    tags: entry.tags,
    task_inputs: entry.inputs ?? {},
    cache_key: entry.cacheKey,
    cache_expiration: isoTime(entry.cacheExpiration),
    expected_start_time: isoTime(entry.expectedStartAt),
    start_time: isoTime(entry.startAt),
    end_time: isoTime(entry.endAt),
    /** Seconds. */
    total_run_time: entry.totalRunTime / 1e6,
    child_flow_run_id: entry.childFlowRunId,
    result: inlineJson(entry.result),
    error: errorJson(entry.error),
  };
}

/** A recorded error as its name, message and stack. */
export function errorJson(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  const error = reviveError(text);
  if (!(error instanceof Error)) return { name: null, message: String(error), stack: null };
  return { name: error.name, message: error.message, stack: error.stack ?? null };
}
