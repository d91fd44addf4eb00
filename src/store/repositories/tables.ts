import type { TaskRunTable } from "../entry-rows.ts";
import type { FlowRunStateTable, FlowRunTable, FlowTable } from "../flow-run-rows.ts";

/** The columns as queries see them; `rows.ts` and `migrations/` hold the same shapes. */
export interface Tables {
  flow: FlowTable;
  flow_run: FlowRunTable;
  flow_run_state: FlowRunStateTable;
  task_run: TaskRunTable;
  artifact: ArtifactTable;
  log: LogTable;
  event: EventTable;
  variable: VariableTable;
  executor: ExecutorTable;
}

export interface ArtifactTable {
  id: string;
  key: string | null;
  type: string;
  description: string | null;
  data: string | null;
  flow_run_id: string | null;
  task_run_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface LogTable {
  id: string;
  at: number;
  level: number;
  logger: string;
  message: string;
  flow_run_id: string | null;
  task_run_id: string | null;
}

export interface EventTable {
  id: string;
  occurred: number;
  event: string;
  resource_id: string;
  resource: string;
  related: string;
  payload: string | null;
  follows: string | null;
}

export interface VariableTable {
  id: string;
  name: string;
  value: string;
  tags: string;
  created_at: number;
  updated_at: number;
}

export interface ExecutorTable {
  id: string;
  hostname: string;
  pid: number;
  pid_started_at: string | null;
  started_at: number;
  expires_at: number;
  ended_at: number | null;
}
