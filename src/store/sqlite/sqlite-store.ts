import { existsSync, statSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { FlowRow, FlowRun, JournalEntry } from "../../core/run.ts";
import type { CacheRepository } from "../repositories/cache.ts";
import type { LimitRepository } from "../repositories/limits.ts";
import type { Repositories } from "../repositories/repositories.ts";
import { entryFromRow, type TaskRunTable } from "../rows.ts";
import type {
  BatchRefusal,
  ClaimAnswer,
  ClaimRequest,
  EntryPage,
  Executor,
  JournalBatch,
  NewFlowRun,
  Store,
  StoreCapabilities,
} from "../store.ts";
import { sqliteCache } from "./cache.ts";
import { CommitStatements } from "./commit.ts";
import { type Database, openDatabase, type Statement } from "./driver.ts";
import { SqliteExecutors } from "./executors.ts";
import { sqliteLimits } from "./limits.ts";
import { migrate } from "./migrate.ts";
import { SqliteRuns } from "./runs.ts";
import { isBusy, storeError } from "./store-errors.ts";

export interface SqliteStoreOptions {
  readonly path: string;
  /** How long a write waits for other processes, in ms; default 30 000. */
  readonly busyTimeout?: number;
}

/** Tries that cost a turn of the loop each, before waiting by the clock: most locks last 0.2 ms. */
const SPINS = 50;

/**
 * The store on one SQLite file.
 *
 * Two connections: the journal's commits are on disk when they return (`synchronous=FULL`); what has
 * no meaning after a power failure (leases, locks, heartbeats) and all reading goes over the other.
 * Commits block this thread, which is what makes a lone step cheap; they never wait for another
 * process while blocking, but let the loop turn between tries.
 */
export class SqliteStore implements Store {
  readonly capabilities: StoreCapabilities = {
    multiHost: false,
    skipLocked: false,
    notify: false,
    blockingCommit: true,
  };
  readonly location: string;
  readonly limits: LimitRepository;
  readonly cache: CacheRepository;
  readonly #journal: Database;
  readonly #side: Database;
  readonly #busyTimeout: number;
  readonly #statements: CommitStatements;
  readonly #runs: SqliteRuns;
  readonly #executors: SqliteExecutors;
  readonly #readEntries: Statement;
  readonly #journalHead: Statement;
  #repositories: Repositories | null = null;
  #closed = false;
  private constructor(
    path: string,
    journal: Database,
    side: Database,
    busyTimeout: number,
  ) {
    this.location = path;
    this.#journal = journal;
    this.#side = side;
    this.#busyTimeout = busyTimeout;
    this.#statements = new CommitStatements(journal);
    this.#runs = new SqliteRuns(journal, this.#statements);
    this.#executors = new SqliteExecutors(side, journal, this.#statements);
    this.limits = sqliteLimits(side);
    this.cache = sqliteCache(side);
    this.#readEntries = side.prepare(
      `select * from task_run where flow_run_id = ? and scope = ? and seq > ? order by seq limit ?`,
    );
    this.#journalHead = side.prepare(
      `select (select max(seq) from task_run where flow_run_id = ? and scope = '') as seq, max(done) as done
       from task_run where flow_run_id = ? and scope = '' and flow_run_count = ?`,
    );
  }

  /**
   * Opens a file, made and brought up to date if need be.
   * @throws StoreError for a file that is damaged, newer, locked or out of reach.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const { path } = options;
    const busyTimeout = options.busyTimeout ?? 30_000;
    let journal: Database | undefined;
    try {
      if (existsSync(path) && statSync(path).isDirectory()) {
        throw new Error(`unable to open database: ${path} is a folder`);
      }
      journal = await openDatabase({ path, durability: "full", busyTimeout });
      migrate(journal, path);
      journal.exec("pragma busy_timeout = 0");
      const side = await openDatabase({ path, durability: "normal", busyTimeout });
      return new SqliteStore(path, journal, side, busyTimeout);
    } catch (error) {
      journal?.close();
      throw storeError(error, path);
    }
  }

  async repositories(): Promise<Repositories> {
    if (this.#repositories === null) {
      const { sqliteRepositories } = await import("./kysely.ts");
      this.#repositories = sqliteRepositories(this.#side);
    }
    return this.#repositories;
  }

  async commit(batches: readonly JournalBatch[]): Promise<readonly BatchRefusal[]> {
    return this.#patiently(() => this.commitSync(batches));
  }

  commitSync(batches: readonly JournalBatch[]): readonly BatchRefusal[] {
    const { begin, commit } = this.#statements;
    begin.run();
    try {
      const refused = this.#statements.apply(batches);
      commit.run();
      return refused;
    } catch (error) {
      if (this.#journal.isTransaction) this.#statements.rollback.run();
      if (isConstraint(error)) return this.#isolate(batches, error);
      throw error;
    }
  }

  /** One batch broke a constraint: keep the others. */
  #isolate(batches: readonly JournalBatch[], error: unknown): readonly BatchRefusal[] {
    const [only] = batches;
    if (batches.length === 1 && only !== undefined) {
      return [{ runId: only.runId, reason: "error", error }];
    }
    return batches.flatMap((batch) => this.commitSync([batch]));
  }

  async upsertFlow(flow: FlowRow): Promise<FlowRow> {
    return this.#patiently(() => this.#runs.upsertFlow(flow));
  }

  async findOrCreateRun(run: NewFlowRun): Promise<{ created: boolean; run: FlowRun }> {
    return this.#patiently(() => this.#runs.findOrCreate(run));
  }

  async claimRun(request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#patiently(() => this.#runs.claim(request));
  }

  async readEntries(page: EntryPage): Promise<readonly JournalEntry[]> {
    const rows = this.#readEntries.all(page.flowRunId, page.scope, page.after, page.limit);
    return (rows as TaskRunTable[]).map(entryFromRow);
  }

  async journalHead(flowRunId: string, attempt: number): Promise<{ nextSeq: number; nextDone: number }> {
    const row = this.#journalHead.get(flowRunId, flowRunId, attempt) as { seq: number | null; done: number | null };
    return { nextSeq: (row.seq ?? -1) + 1, nextDone: (row.done ?? -1) + 1 };
  }

  async registerExecutor(executor: Executor): Promise<void> {
    return this.#patiently(() => this.#executors.register(executor));
  }

  async beatExecutor(id: string, expiresAt: number): Promise<readonly string[]> {
    return this.#patiently(() => this.#executors.beat(id, expiresAt));
  }

  async endExecutor(id: string, at: number): Promise<void> {
    return this.#patiently(() => this.#executors.end(id, at));
  }

  async liveExecutors(): Promise<readonly Executor[]> {
    return this.#executors.live();
  }

  async crashRunsOf(executorId: string, at: number, message: string): Promise<readonly string[]> {
    return this.#patiently(() => this.#executors.crashRuns(executorId, at, message));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#side.close();
    this.#journal.close();
  }

  /** Runs a short transaction, letting the loop turn while another process holds the lock. */
  async #patiently<T>(work: () => T): Promise<T> {
    let deadline = 0;
    for (let tries = 0; ; tries++) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw storeError(error, this.location);
        if (deadline === 0) deadline = performance.now() + this.#busyTimeout;
        else if (performance.now() > deadline) throw storeError(error, this.location);
      }
      if (tries < SPINS) await nextTurn();
      else await delay(1 + Math.random() * 9);
    }
  }
}

function isConstraint(error: unknown): boolean {
  return error instanceof Error && /constraint failed/i.test(error.message);
}

