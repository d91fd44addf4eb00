import type { FlowRow, FlowRun, JournalEntry } from "../core/run.ts";
import type { JournalChannel } from "../store/journal-writer.ts";
import type { CacheRepository } from "../store/repositories/cache.ts";
import type { LimitRepository } from "../store/repositories/limits.ts";
import type { Repositories } from "../store/repositories/repositories.ts";
import type { ResultStorage } from "../store/results/result-storage.ts";
import type { ClaimAnswer, EntryPage, NewFlowRun } from "../store/store.ts";
import type { Settings } from "./settings/table.ts";

/**
 * The control plane as the SDK sees it: what executing a run needs, and nothing else.
 *
 * Two transports implement it: in this process over the embedded store, and over HTTP.
 */
export interface Control {
  readonly settings: Settings;
  /** This process, as the owner of the runs it executes. */
  readonly executorId: string;
  readonly results: ResultStorage;
  readonly limits: LimitRepository;
  readonly cache: CacheRepository;
  /** For messages. */
  readonly location: string;
  /** Where a person sees the runs, when a server is up. */
  readonly uiUrl: string | null;

  repositories(): Promise<Repositories>;
  upsertFlow(flow: FlowRow): Promise<FlowRow>;
  findOrCreateRun(run: NewFlowRun): Promise<{ readonly created: boolean; readonly run: FlowRun }>;
  claimRun(runId: string, options?: { readonly force?: boolean }): Promise<ClaimAnswer>;
  /** The way into a run's journal; every write bears the fence. Null: rows of no run. */
  channel(runId: string | null, fence: number): JournalChannel;
  readEntries(page: EntryPage): Promise<readonly JournalEntry[]>;
  journalHead(flowRunId: string, attempt: number): Promise<JournalHead>;

  /** Resolves when the journal's queue has room; null when it has. */
  ready(): Promise<void> | null;
  /** Called with each run of this process that somebody asked to cancel. Answers how to stop listening. */
  onCancelRequested(listener: (flowRunId: string) => void): () => void;
  /** Says that this process executes something, and may be found doing so; answers how to say that it is over. */
  hold(): Promise<() => void>;
  /** Marks what processes left that certainly died: their runs Crashed, their slots and locks free. */
  buryDead(): Promise<void>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalHead {
  /** The `seq` of the next call of the flow's body. */
  readonly nextSeq: number;
  /** The `done` of the next outcome. */
  readonly nextDone: number;
  /** Past the last `done` of the attempt that was asked for; 0 when that has none. */
  readonly attemptDone: number;
}
