import { existsSync, statSync } from "node:fs";
import type { FlowRow, FlowRun, JournalEntry } from "../../core/run.ts";
import type { CacheRepository } from "../repositories/cache.ts";
import type { LimitRepository } from "../repositories/limits.ts";
import type { Repositories } from "../repositories/repositories.ts";
import { entryFromRow, type TaskRunTable } from "../entry-rows.ts";
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
import { Patience } from "./patience.ts";
import { SqliteRuns } from "./runs.ts";
import { isFaultOfBatch, storeError } from "./store-errors.ts";
import { shortRead } from "./transaction.ts";

export interface SqliteStoreOptions {
  readonly path: string;
  /** How long a write waits for other processes, in ms; default 30 000. */
  readonly busyTimeout?: number;
}

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
  readonly #journalPatience: Patience;
  readonly #sidePatience: Patience;
  readonly #statements: CommitStatements;
  readonly #runs: SqliteRuns;
  readonly #executors: SqliteExecutors;
  readonly #readEntries: Statement;
  readonly #journalHead: Statement;
  #repositories: Repositories | null = null;
  #closed = false;

  private constructor(path: string, journal: Database, side: Database, budget: number) {
    this.location = path;
    this.#journal = journal;
    this.#side = side;
    this.#journalPatience = new Patience(journal, { location: path, budget });
    this.#sidePatience = new Patience(side, { location: path, budget });
    this.#statements = new CommitStatements(journal);
    this.#runs = new SqliteRuns(journal, this.#statements);
    this.#executors = new SqliteExecutors(side, journal, this.#statements);
    this.limits = sqliteLimits(side, this.#sidePatience);
    this.cache = sqliteCache(side, this.#sidePatience);
    this.#readEntries = side.prepare(
      `select * from task_run where flow_run_id = ? and scope = ? and seq > ? order by seq limit ?`,
    );
    this.#journalHead = side.prepare(
      `select max(seq) as seq, max(done) as done, max(case when flow_run_count = ? then done end) as attempt_done
       from task_run where flow_run_id = ? and scope = ''`,
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
    let side: Database | undefined;
    try {
      if (existsSync(path) && statSync(path).isDirectory()) {
        throw new Error(`unable to open database: ${path} is a folder`);
      }
      journal = await openDatabase({ path, durability: "full", busyTimeout });
      migrate(journal, path);
      journal.exec("pragma busy_timeout = 0");
      side = await openDatabase({ path, durability: "normal", busyTimeout });
      return new SqliteStore(path, journal, side, busyTimeout);
    } catch (error) {
      side?.close();
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
    let taken = batches;
    const refusals = await this.#journalPatience.run(
      () => this.#commitOnce(taken),
      () => (taken = batches.map(copyOf)),
    );
    if (taken === batches) return refusals;
    return refusals.map((refusal) => ({
      ...refusal,
      batch: batches[taken.indexOf(refusal.batch)] ?? refusal.batch,
    }));
  }

  commitSync(batches: readonly JournalBatch[]): readonly BatchRefusal[] {
    return this.#journalPatience.runBlocking(() => this.#commitOnce(batches));
  }

  #commitOnce(batches: readonly JournalBatch[]): readonly BatchRefusal[] {
    try {
      return this.#transact(() => this.#statements.apply(batches));
    } catch (error) {
      if (!isFaultOfBatch(error)) throw error;
      return this.#transact(() => batches.flatMap((batch) => this.#applyAlone(batch)));
    }
  }

  #transact<T>(work: () => T): T {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      const answer = work();
      commit.run();
      return answer;
    } catch (error) {
      // SQLite has rolled back by itself already after some errors.
      if (this.#journal.isTransaction) rollback.run();
      throw error;
    }
  }

  /** Within a transaction: a batch that is at fault itself leaves nothing, and the others are kept. */
  #applyAlone(batch: JournalBatch): readonly BatchRefusal[] {
    const { savepoint, release, rollbackTo } = this.#statements;
    savepoint.run();
    try {
      const refused = this.#statements.apply([batch]);
      release.run();
      return refused;
    } catch (error) {
      if (!isFaultOfBatch(error)) throw error;
      rollbackTo.run();
      release.run();
      return [{ batch, reason: "error", error }];
    }
  }

  async upsertFlow(flow: FlowRow): Promise<FlowRow> {
    return this.#journalPatience.run(() => this.#runs.upsertFlow(flow));
  }

  async findOrCreateRun(run: NewFlowRun): Promise<{ created: boolean; run: FlowRun }> {
    return this.#journalPatience.run(() => this.#runs.findOrCreate(run));
  }

  async claimRun(request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#journalPatience.run(() => this.#runs.claim(request));
  }

  async readEntries(page: EntryPage): Promise<readonly JournalEntry[]> {
    const { flowRunId, scope, after, limit } = page;
    return shortRead(this.#side, () =>
      (this.#readEntries.all(flowRunId, scope, after, limit) as TaskRunTable[]).map(entryFromRow),
    );
  }

  async journalHead(flowRunId: string, attempt: number): ReturnType<Store["journalHead"]> {
    const row = shortRead(this.#side, () => this.#journalHead.get(attempt, flowRunId) as unknown as HeadRow);
    const past = (last: number | null) => (last ?? -1) + 1;
    return { nextSeq: past(row.seq), nextDone: past(row.done), attemptDone: past(row.attempt_done) };
  }

  async registerExecutor(executor: Executor): Promise<void> {
    return this.#sidePatience.run(() => this.#executors.register(executor));
  }

  async beatExecutor(id: string, expiresAt: number): Promise<readonly string[]> {
    return this.#sidePatience.run(() => this.#executors.beat(id, expiresAt));
  }

  async endExecutor(id: string, at: number): Promise<void> {
    return this.#sidePatience.run(() => this.#executors.end(id, at));
  }

  async liveExecutors(): Promise<readonly Executor[]> {
    return shortRead(this.#side, () => this.#executors.live());
  }

  async crashRunsOf(executorId: string, at: number, message: string): Promise<readonly string[]> {
    return this.#journalPatience.run(() => this.#executors.crashRuns(executorId, at, message));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#checkpoint();
    this.#side.close();
    this.#journal.close();
  }

  /**
   * Moves what is in the write-ahead log into the file, so that a copy of the file alone is whole.
   * SQLite would do so by itself, but the driver keeps a closed connection half open as long as its
   * statements are not collected.
   */
  #checkpoint(): void {
    try {
      this.#journal.exec("pragma wal_checkpoint(truncate)");
    } catch {
      // No room, or another process at work: then the log stays and is read with the file.
    }
  }
}

/** As it stands now: an entry goes on changing while its first state waits to be written. */
function copyOf(batch: JournalBatch): JournalBatch {
  const ops = batch.ops.map((op) => (op.op === "entry" ? { ...op, entry: { ...op.entry } } : op));
  return { ...batch, ops };
}

interface HeadRow {
  seq: number | null;
  done: number | null;
  attempt_done: number | null;
}
