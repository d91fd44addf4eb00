import type { FlowRow, FlowRun } from "../core/run.ts";
import type { State, StateDetails, StateType } from "../core/state.ts";
import { type Bindable, inlineText, parse, refText, storedValue, toJson } from "./columns.ts";

/** Flows, their runs and the states of these, as tables hold them and as the domain does. */

export interface FlowTable {
  id: string;
  name: string;
  tags: string;
  labels: string;
  input_schema: string | null;
  created_at: number;
  updated_at: number;
}

export interface FlowRunTable {
  id: string;
  flow_id: string;
  flow_name: string;
  name: string;
  state_id: string;
  state_type: string;
  state_name: string;
  state_at: number;
  state_message: string | null;
  state_details: string;
  state_data: string | null;
  parameters: string | null;
  parameters_ref: string | null;
  tags: string;
  labels: string;
  flow_version: string | null;
  run_count: number;
  retries: number;
  idempotency_key: string | null;
  parent_task_run_id: string | null;
  parent_flow_run_id: string | null;
  root_flow_run_id: string;
  start_at: number | null;
  end_at: number | null;
  expected_start_at: number | null;
  total_run_time: number;
  executor_id: string | null;
  fence: number;
  entrypoint: string | null;
  result: string | null;
  result_ref: string | null;
  error: string | null;
  created_at: number;
  updated_at: number;
}

export interface FlowRunStateTable {
  id: string;
  flow_run_id: string;
  type: string;
  name: string;
  at: number;
  message: string | null;
  details: string;
  data: string | null;
}

export function flowFromRow(row: FlowTable): FlowRow {
  return {
    id: row.id,
    name: row.name,
    tags: parse(row.tags) as string[],
    labels: parse(row.labels) as Record<string, unknown>,
    inputSchema: row.input_schema === null ? null : parse(row.input_schema),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function flowRunFromRow(row: FlowRunTable): FlowRun {
  return {
    id: row.id,
    flowId: row.flow_id,
    flowName: row.flow_name,
    name: row.name,
    state: {
      id: row.state_id,
      type: row.state_type as StateType,
      name: row.state_name,
      timestamp: row.state_at,
      message: row.state_message,
      details: parse(row.state_details) as StateDetails,
      data: row.state_data === null ? null : parse(row.state_data),
    },
    parameters: storedValue(row.parameters, row.parameters_ref),
    tags: parse(row.tags) as string[],
    labels: parse(row.labels) as Record<string, unknown>,
    flowVersion: row.flow_version,
    runCount: row.run_count,
    retries: row.retries,
    idempotencyKey: row.idempotency_key,
    parentTaskRunId: row.parent_task_run_id,
    parentFlowRunId: row.parent_flow_run_id,
    rootFlowRunId: row.root_flow_run_id,
    startAt: row.start_at,
    endAt: row.end_at,
    expectedStartAt: row.expected_start_at,
    totalRunTime: row.total_run_time,
    executorId: row.executor_id,
    fence: row.fence,
    entrypoint: row.entrypoint,
    result: storedValue(row.result, row.result_ref),
    error: row.error,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function flowRunStateFromRow(row: FlowRunStateTable): State {
  return {
    id: row.id,
    type: row.type as StateType,
    name: row.name,
    timestamp: row.at,
    message: row.message,
    details: parse(row.details) as StateDetails,
    data: row.data === null ? null : parse(row.data),
  };
}

/** The columns of `flow_run` in the order of {@link flowRunToRow}. */
export const FLOW_RUN_COLUMNS = [
  "id",
  "flow_id",
  "flow_name",
  "name",
  "state_id",
  "state_type",
  "state_name",
  "state_at",
  "state_message",
  "state_details",
  "state_data",
  "parameters",
  "parameters_ref",
  "tags",
  "labels",
  "flow_version",
  "run_count",
  "retries",
  "idempotency_key",
  "parent_task_run_id",
  "parent_flow_run_id",
  "root_flow_run_id",
  "start_at",
  "end_at",
  "expected_start_at",
  "total_run_time",
  "executor_id",
  "fence",
  "entrypoint",
  "result",
  "result_ref",
  "error",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof FlowRunTable)[];

export function flowRunToRow(run: FlowRun): Bindable[] {
  return [
    run.id,
    run.flowId,
    run.flowName,
    run.name,
    run.state.id,
    run.state.type,
    run.state.name,
    run.state.timestamp,
    run.state.message,
    JSON.stringify(run.state.details),
    toJson(run.state.data),
    inlineText(run.parameters),
    refText(run.parameters),
    JSON.stringify(run.tags),
    JSON.stringify(run.labels),
    run.flowVersion,
    run.runCount,
    run.retries,
    run.idempotencyKey,
    run.parentTaskRunId,
    run.parentFlowRunId,
    run.rootFlowRunId,
    run.startAt,
    run.endAt,
    run.expectedStartAt,
    run.totalRunTime,
    run.executorId,
    run.fence,
    run.entrypoint,
    inlineText(run.result),
    refText(run.result),
    run.error,
    run.createdAt,
    run.updatedAt,
  ];
}

export const STATE_COLUMNS = [
  "id",
  "flow_run_id",
  "type",
  "name",
  "at",
  "message",
  "details",
  "data",
] as const;

export function stateToRow(flowRunId: string, state: State): Bindable[] {
  return [
    state.id,
    flowRunId,
    state.type,
    state.name,
    state.timestamp,
    state.message,
    JSON.stringify(state.details),
    toJson(state.data),
  ];
}
