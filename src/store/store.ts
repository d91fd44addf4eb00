import type {
  Artifact,
  EventRecord,
  FlowRow,
  FlowRun,
  JournalEntry,
  LogLine,
  StoredValue,
} from "../core/run.ts";
import type { State } from "../core/state.ts";
import type { CacheRepository } from "./repositories/cache.ts";
import type { LimitRepository } from "./repositories/limits.ts";
import type { Repositories } from "./repositories/repositories.ts";

/**
 * Where runs live. One interface, one conformance suite, a dialect behind it.
 *
 * Where engines differ, a capability says so; nothing outside a dialect's folder asks for its name.
 */
export interface StoreCapabilities {
  /** Several machines can use the store at once (a file cannot be shared safely over a network). */
  readonly multiHost: boolean;
  /** Rows can be claimed past others' locks. */
  readonly skipLocked: boolean;
  /** Another process can be told of a change; without it, polling is all there is. */
  readonly notify: boolean;
  /** A commit blocks the calling thread until it is durable. */
  readonly blockingCommit: boolean;
}

/**
 * One thing to make durable. Ops of one commit are applied in order, all or nothing, except that
 * the ops of a run whose fence has moved on are refused together while the others are kept.
 */
export type JournalOp =
  | { readonly op: "create-run"; readonly run: NewFlowRun }
  | { readonly op: "run-state"; readonly runId: string; readonly change: RunChange }
  | { readonly op: "entry"; readonly entry: JournalEntry }
  | { readonly op: "artifact"; readonly artifact: Artifact }
  | { readonly op: "event"; readonly event: EventRecord }
  | { readonly op: "log"; readonly line: LogLine }
  | { readonly op: "cache"; readonly row: CacheRow };

export interface NewFlowRun {
  readonly run: FlowRun;
  /** The transitions behind the run's first state, oldest first, that state included. */
  readonly history: readonly State[];
}

/** A transition of a flow run and the columns that change with it. */
export interface RunChange {
  readonly state: State;
  readonly runCount?: number;
  readonly startAt?: number | null;
  readonly endAt?: number | null;
  readonly expectedStartAt?: number | null;
  readonly totalRunTime?: number;
  readonly result?: StoredValue | null;
  readonly error?: string | null;
  /** Give the run up: it has no executor after this. */
  readonly release?: boolean;
}

export interface CacheRow {
  readonly key: string;
  readonly result: StoredValue;
  readonly taskRunId: string | null;
  /** µs since the epoch; null never expires. */
  readonly expiresAt: number | null;
  readonly createdAt: number;
}

/** The ops of one run, with the proof that this execution may write them. */
export interface JournalBatch {
  /** Null: rows that belong to no run; they have no fence. */
  readonly runId: string | null;
  readonly fence: number;
  readonly ops: readonly JournalOp[];
}

/** A batch that was not kept (the others of its commit were), and why. */
export type BatchRefusal =
  /** The run's fence has moved on (null: the run is gone); this execution lost its lease. */
  | { readonly batch: JournalBatch; readonly reason: "fence"; readonly fence: number | null }
  /** The batch itself is at fault, for instance a key that is there already. */
  | { readonly batch: JournalBatch; readonly reason: "error"; readonly error: unknown };

export interface ClaimRequest {
  readonly runId: string;
  readonly executorId: string;
  /** Take the run even if its executor seems alive. */
  readonly force?: boolean;
  readonly now: number;
}

export type ClaimAnswer =
  | { readonly claimed: true; readonly run: FlowRun }
  | { readonly claimed: false; readonly reason: "missing" }
  | { readonly claimed: false; readonly reason: "owned"; readonly executorId: string };

export interface Executor {
  readonly id: string;
  readonly hostname: string;
  readonly pid: number;
  /** Tells a process from a later one with the same pid; null where the system cannot say. */
  readonly pidStartedAt: string | null;
  readonly startedAt: number;
  /** µs since the epoch; past it the executor is presumed dead. */
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

export interface EntryPage {
  readonly flowRunId: string;
  readonly scope: string;
  /** Entries with a greater `seq` only; -1 for the first page. */
  readonly after: number;
  readonly limit: number;
}

export interface Store {
  readonly capabilities: StoreCapabilities;
  /** For messages: a path, or a URL without its secrets. */
  readonly location: string;

  /**
   * Makes batches durable in one transaction, as they stand when this is called (an entry may change
   * while it waits, and half of what follows must not be kept); answers the batches that were refused.
   * @throws StoreError when nothing of it could be kept (full, locked for too long, corrupt).
   */
  commit(batches: readonly JournalBatch[]): Promise<readonly BatchRefusal[]>;
  /** The same, blocking; only where `capabilities.blockingCommit`. For a queue that must not grow. */
  commitSync?(batches: readonly JournalBatch[]): readonly BatchRefusal[];

  /** Creates the flow if it is not there; answers the row (schema and tags brought up to date). */
  upsertFlow(flow: FlowRow): Promise<FlowRow>;
  /** Creates a run, or answers the one that has the same flow and idempotency key. */
  findOrCreateRun(run: NewFlowRun): Promise<{ readonly created: boolean; readonly run: FlowRun }>;
  /** Raises the fence and makes the executor the run's owner, if nobody alive owns it. */
  claimRun(request: ClaimRequest): Promise<ClaimAnswer>;
  /** Entries of one scope in call order. */
  readEntries(page: EntryPage): Promise<readonly JournalEntry[]>;
  /** Where the journal of a run's body ends: the next `seq` and the next `done`; and where an attempt's part of it does. */
  journalHead(
    flowRunId: string,
    attempt: number,
  ): Promise<{ readonly nextSeq: number; readonly nextDone: number; readonly attemptDone: number }>;

  registerExecutor(executor: Executor): Promise<void>;
  /** Moves the expiry of an executor; answers the runs of it that somebody asked to cancel. */
  beatExecutor(id: string, expiresAt: number): Promise<readonly string[]>;
  endExecutor(id: string, at: number): Promise<void>;
  /** Executors not known to have ended. */
  liveExecutors(): Promise<readonly Executor[]>;
  /** Marks the Running, Pending and Cancelling runs of an executor Crashed (or Cancelled); answers their ids. */
  crashRunsOf(executorId: string, at: number, message: string): Promise<readonly string[]>;

  /** What lists and inspection read; loaded at first use, since a step needs none of it. */
  repositories(): Promise<Repositories>;
  readonly limits: LimitRepository;
  readonly cache: CacheRepository;

  close(): Promise<void>;
}
