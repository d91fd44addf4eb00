import type { FlowRun, StoredValue } from "../../core/run.ts";
import type { State } from "../../core/state.ts";
import { isoTime } from "../output/time.ts";

/** Field names are those of Prefect's API, so that scripts for one work with the other. */
export function stateJson(state: State): Record<string, unknown> {
  return {
    id: state.id,
    type: state.type,
    name: state.name,
    timestamp: isoTime(state.timestamp),
    message: state.message,
  };
}

export function flowRunJson(run: FlowRun): Record<string, unknown> {
  return {
    id: run.id,
    created: isoTime(run.createdAt),
    updated: isoTime(run.updatedAt),
    name: run.name,
    flow_id: run.flowId,
    flow_name: run.flowName,
    flow_version: run.flowVersion,
    state_type: run.state.type,
    state_name: run.state.name,
    state: stateJson(run.state),
    parameters: inlineJson(run.parameters),
    tags: run.tags,
    labels: run.labels,
    idempotency_key: run.idempotencyKey,
    run_count: run.runCount,
    retries: run.retries,
    parent_task_run_id: run.parentTaskRunId,
    parent_flow_run_id: run.parentFlowRunId,
    root_flow_run_id: run.rootFlowRunId,
    expected_start_time: isoTime(run.expectedStartAt),
    start_time: isoTime(run.startAt),
    end_time: isoTime(run.endAt),
    /** Seconds. */
    total_run_time: run.totalRunTime / 1e6,
    entrypoint: run.entrypoint,
  };
}

/** What lies in the row; a value in result storage is told by its reference. */
export function inlineJson(value: StoredValue | null): unknown {
  if (value === null) return null;
  if (value.kind === "ref") return { ref: value.ref };
  try {
    return JSON.parse(value.text) as unknown;
  } catch {
    return null;
  }
}
