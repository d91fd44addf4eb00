import type { State, StateName, StateType } from "./state.ts";

/**
 * What a run is: a row for the run, and a journal of entries.
 *
 * Times are integers, µs since the epoch: they sort, they survive JSON, and they hold what Prefect's
 * clients send (which milliseconds would not).
 */

/** A value as a row holds it: text in the row itself, or a reference into result storage. */
export type StoredValue =
  { readonly kind: "inline"; readonly text: string } | { readonly kind: "ref"; readonly ref: ResultRef };

/** Where a large value lies: `key` is its content hash, so equal values are stored once. */
export interface ResultRef {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly serializer: string;
  readonly storage: string;
}

export interface FlowRow {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, unknown>>;
  /** JSON Schema of the flow's input, or null when the flow declares none. */
  readonly inputSchema: unknown;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface FlowRun {
  readonly id: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly name: string;
  readonly state: State;
  readonly parameters: StoredValue | null;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, unknown>>;
  readonly flowVersion: string | null;
  /** How many attempts began; a flow retry or a resume after a failure makes one more. */
  readonly runCount: number;
  readonly retries: number;
  readonly idempotencyKey: string | null;
  readonly parentTaskRunId: string | null;
  readonly parentFlowRunId: string | null;
  readonly rootFlowRunId: string;
  readonly startAt: number | null;
  readonly endAt: number | null;
  readonly expectedStartAt: number | null;
  /** µs spent Running. */
  readonly totalRunTime: number;
  /** The process that executes the run, or null. */
  readonly executorId: string | null;
  /** The number that an append must bear; every take-over raises it. */
  readonly fence: number;
  /** Where the code is: `file.ts:export`, or a file. */
  readonly entrypoint: string | null;
  readonly result: StoredValue | null;
  /** A recorded error (see `core/recorded-error.ts`), or null. */
  readonly error: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * What an entry records. `task`, `step` and `flow` are task runs (a `flow` entry stands in the
 * parent for a subflow); the others are recorded facts that replay needs and people rarely look at.
 */
export const ENTRY_KINDS = ["task", "step", "flow", "sleep", "value", "patch", "effect"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The kinds that lists of task runs show. */
export const TASK_RUN_KINDS = ["task", "step", "flow"] as const satisfies readonly EntryKind[];

/** One transition, as an entry's small history keeps it. */
export type StateMark = readonly [type: StateType, name: StateName, at: number, message?: string];

/** A row of the journal; for the kinds in {@link TASK_RUN_KINDS} it *is* the task run. */
export interface JournalEntry {
  readonly id: string;
  /** Null for a task called outside any flow. */
  readonly flowRunId: string | null;
  readonly kind: EntryKind;
  name: string;
  readonly taskKey: string;
  /** With `taskKey`, the call's identity in its run. */
  readonly dynamicKey: string;
  /** Empty: the flow's own body. Otherwise the id of the entry whose body made the call. */
  readonly scope: string;
  /** Order of the call within its scope, from 0. */
  readonly seq: number;
  /** Order in which the outcome was given to the code, within its scope; null until then. */
  done: number | null;
  /** The flow run's attempt that made the outcome. */
  flowRunCount: number;
  /** Attempts of this entry that began. */
  runCount: number;
  stateType: StateType;
  stateName: StateName;
  stateAt: number;
  stateMessage: string | null;
  states: readonly StateMark[];
  result: StoredValue | null;
  error: string | null;
  cacheKey: string | null;
  cacheExpiration: number | null;
  tags: readonly string[];
  /** Task-run ids that the arguments came from, by argument: `{ "0": ["…"] }`. */
  inputs: Readonly<Record<string, readonly string[]>> | null;
  /** The last heartbeat's details, encoded. */
  heartbeat: string | null;
  startAt: number | null;
  endAt: number | null;
  /** When it is due: a sleep's end, a retry's start. */
  expectedStartAt: number | null;
  totalRunTime: number;
  childFlowRunId: string | null;
}

export interface LogLine {
  readonly id: string;
  readonly at: number;
  /** Python's numbers: 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
  readonly level: number;
  readonly logger: string;
  readonly message: string;
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
}

export const ARTIFACT_TYPES = ["markdown", "table", "link", "image", "progress", "result"] as const;
export type ArtifactType = (typeof ARTIFACT_TYPES)[number];

export interface Artifact {
  readonly id: string;
  readonly key: string | null;
  readonly type: ArtifactType;
  readonly description: string | null;
  /** JSON: text for markdown, rows for a table, a number for progress. */
  readonly data: unknown;
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface EventRecord {
  readonly id: string;
  readonly occurred: number;
  readonly event: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly related: readonly Readonly<Record<string, string>>[];
  readonly payload: unknown;
  readonly follows: string | null;
}
