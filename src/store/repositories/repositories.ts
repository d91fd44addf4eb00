import type {
  Artifact,
  ArtifactType,
  EventRecord,
  FlowRow,
  FlowRun,
  JournalEntry,
  LogLine,
} from "../../core/run.ts";
import type { State, StateType } from "../../core/state.ts";

/**
 * What lists, inspection and the command line read. Nothing here is on the path of a step.
 *
 * Lists page by key: `after` is the `cursor` that the last page answered. No list counts its rows.
 */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Give it as `after` for the next page; null on the last one. */
  readonly cursor: string | null;
}

export interface PageRequest {
  /** At most this many rows; 1 to 1000. */
  readonly limit: number;
  readonly after?: string | null;
}

export interface FlowRunFilter {
  readonly flowName?: string;
  readonly stateTypes?: readonly StateType[];
  readonly stateNames?: readonly string[];
  readonly tags?: readonly string[];
  readonly parentFlowRunId?: string | null;
  readonly nameLike?: string;
  readonly startedAfter?: number;
  readonly startedBefore?: number;
}

export interface FlowRunRepository {
  get(id: string): Promise<FlowRun | null>;
  /** By whole id, by a prefix of it that only one run has, or by name. More than one match is an error that lists them. */
  resolve(reference: string): Promise<FlowRun>;
  findByIdempotencyKey(flowName: string, key: string): Promise<FlowRun | null>;
  /** Newest first. */
  list(filter: FlowRunFilter, page: PageRequest): Promise<Page<FlowRun>>;
  states(id: string): Promise<readonly State[]>;
  /** Direct subflow runs, oldest first. */
  children(id: string): Promise<readonly FlowRun[]>;
  count(filter: FlowRunFilter): Promise<number>;
  /** Asks the run's executor to cancel it (state Cancelling), or cancels it at once when nobody executes it. Answers the state it has now. */
  requestCancel(id: string, at: number, stateId: string): Promise<State>;
  /** Deletes a run with its subflow runs, entries, states, logs and artifacts; refuses while an executor runs it. Answers how many runs went. */
  delete(id: string): Promise<number>;
}

export interface TaskRunFilter {
  readonly flowRunId?: string;
  readonly stateTypes?: readonly StateType[];
  readonly stateNames?: readonly string[];
  readonly tags?: readonly string[];
  readonly nameLike?: string;
  readonly kinds?: readonly JournalEntry["kind"][];
}

export interface TaskRunRepository {
  get(id: string): Promise<JournalEntry | null>;
  resolve(reference: string): Promise<JournalEntry>;
  /** In call order when a flow run is given, newest first otherwise. */
  list(filter: TaskRunFilter, page: PageRequest): Promise<Page<JournalEntry>>;
  /** Rows by state type, for one flow run. */
  countByState(flowRunId: string): Promise<Readonly<Partial<Record<StateType, number>>>>;
  /** Per task name: rows, by state name, attempts beyond the first, µs of run time. */
  summary(flowRunId: string): Promise<readonly TaskSummary[]>;
}

export interface TaskSummary {
  readonly name: string;
  readonly count: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly retries: number;
  /** µs, summed over the rows. */
  readonly runTime: number;
}

export interface FlowRepository {
  get(id: string): Promise<FlowRow | null>;
  getByName(name: string): Promise<FlowRow | null>;
  list(page: PageRequest): Promise<Page<FlowRow>>;
}

export interface ArtifactFilter {
  readonly key?: string;
  readonly types?: readonly ArtifactType[];
  readonly flowRunId?: string;
  readonly taskRunId?: string;
}

export interface ArtifactRepository {
  get(id: string): Promise<Artifact | null>;
  /** Every version with this key, newest first. */
  history(key: string, page: PageRequest): Promise<Page<Artifact>>;
  /** Newest first; with `latest`, one row a key. */
  list(filter: ArtifactFilter & { readonly latest?: boolean }, page: PageRequest): Promise<Page<Artifact>>;
  create(artifact: Artifact): Promise<void>;
  update(
    id: string,
    change: { readonly data?: unknown; readonly description?: string | null; readonly updatedAt: number },
  ): Promise<boolean>;
  delete(id: string): Promise<boolean>;
}

export interface VariableRow {
  readonly id: string;
  readonly name: string;
  /** Any JSON value; at most 5000 characters when written. */
  readonly value: unknown;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface VariableRepository {
  get(name: string): Promise<VariableRow | null>;
  /** `overwrite: false` refuses a name that is there. */
  set(variable: VariableRow, options: { readonly overwrite: boolean }): Promise<VariableRow>;
  unset(name: string): Promise<boolean>;
  list(page: PageRequest): Promise<Page<VariableRow>>;
}

export interface LogRepository {
  /** Oldest first. With `minLevel`, only lines at or above it. */
  list(
    filter: { readonly flowRunId?: string; readonly taskRunId?: string; readonly minLevel?: number },
    page: PageRequest,
  ): Promise<Page<LogLine>>;
  append(lines: readonly LogLine[]): Promise<void>;
}

export interface EventRepository {
  append(events: readonly EventRecord[]): Promise<void>;
  /** Newest first. */
  list(
    filter: { readonly event?: string; readonly resourceId?: string },
    page: PageRequest,
  ): Promise<Page<EventRecord>>;
}

export interface Repositories {
  readonly flows: FlowRepository;
  readonly flowRuns: FlowRunRepository;
  readonly taskRuns: TaskRunRepository;
  readonly artifacts: ArtifactRepository;
  readonly variables: VariableRepository;
  readonly logs: LogRepository;
  readonly events: EventRepository;
}
