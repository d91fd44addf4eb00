import { checkLeaseEnd } from "../limit-checks.ts";
import type { CacheRepository, LockAnswer, LockRequest } from "../repositories/cache.ts";
import { inlineText, refText, storedValue } from "../columns.ts";
import type { CacheRow } from "../store.ts";
import type { Database, Statement } from "./driver.ts";
import type { Patience } from "./patience.ts";
import { shortRead } from "./transaction.ts";

interface CacheTable {
  key: string;
  result: string | null;
  result_ref: string | null;
  task_run_id: string | null;
  expires_at: number | null;
  created_at: number;
}

/**
 * The task cache and its locks in SQLite. Give it a connection with durability `normal`: a lock
 * means nothing after a power failure, and a lost cache row is only computed again. (The row that a
 * task's end writes goes with its journal, which is durable.)
 */
export function sqliteCache(db: Database, patience: Patience): CacheRepository {
  return new SqliteCache(db, patience);
}

class SqliteCache implements CacheRepository {
  readonly #db: Database;
  readonly #patience: Patience;
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #sweep: Statement;
  readonly #takeLock: Statement;
  readonly #holder: Statement;
  readonly #renewLocks: Statement;
  readonly #unlock: Statement;

  constructor(db: Database, patience: Patience) {
    this.#db = db;
    this.#patience = patience;
    this.#get = db.prepare(
      "select * from task_cache where key = ? and (expires_at is null or expires_at > ?)",
    );
    this.#put = db.prepare(
      `insert into task_cache (key, result, result_ref, task_run_id, expires_at, created_at) values (?, ?, ?, ?, ?, ?)
       on conflict(key) do update set result = excluded.result, result_ref = excluded.result_ref,
         task_run_id = excluded.task_run_id, expires_at = excluded.expires_at, created_at = excluded.created_at`,
    );
    this.#delete = db.prepare("delete from task_cache where key = ?");
    this.#sweep = db.prepare(
      `delete from task_cache where key in
         (select key from task_cache where expires_at is not null and expires_at <= ? order by expires_at limit ?)`,
    );
    // One statement, so that looking and taking are one step even for a reader of this file.
    this.#takeLock = db.prepare(
      `insert into cache_lock (key, holder, executor_id, expires_at) values (?, ?, ?, ?)
       on conflict(key) do update set holder = excluded.holder, executor_id = excluded.executor_id,
         expires_at = excluded.expires_at
       where cache_lock.holder = excluded.holder or cache_lock.expires_at <= ?
         or exists (select 1 from executor e where e.id = cache_lock.executor_id and e.ended_at is not null)`,
    );
    this.#holder = db.prepare("select holder from cache_lock where key = ?");
    // A lock that ended and that nobody took is still its holder's, so it may be renewed late.
    this.#renewLocks = db.prepare(
      "update cache_lock set expires_at = max(expires_at, ?) where executor_id = ?",
    );
    this.#unlock = db.prepare("delete from cache_lock where key = ? and holder = ?");
  }

  async get(key: string, now: number): Promise<CacheRow | null> {
    return shortRead(this.#db, () => {
      const row = this.#get.get(key, now) as CacheTable | undefined;
      return row === undefined ? null : cacheFromRow(row);
    });
  }

  async put(row: CacheRow): Promise<void> {
    const { key, result, taskRunId, expiresAt, createdAt } = row;
    await this.#patience.write(() =>
      this.#put.run(key, inlineText(result), refText(result), taskRunId, expiresAt, createdAt),
    );
  }

  async delete(key: string): Promise<boolean> {
    return this.#patience.write(() => this.#delete.run(key).changes > 0);
  }

  async sweep(now: number, limit: number): Promise<number> {
    return this.#patience.write(() => this.#sweep.run(now, limit).changes);
  }

  async lock(request: LockRequest): Promise<LockAnswer> {
    const { key, holder, executorId, now, expiresAt } = request;
    checkLeaseEnd(now, expiresAt);
    return this.#patience.write((): LockAnswer => {
      if (this.#takeLock.run(key, holder, executorId, expiresAt, now).changes > 0) return { locked: true };
      const row = this.#holder.get(key) as { holder: string };
      return { locked: false, holder: row.holder };
    });
  }

  async renewLocks(executorId: string, expiresAt: number): Promise<void> {
    await this.#patience.write(() => this.#renewLocks.run(expiresAt, executorId));
  }

  async unlock(key: string, holder: string): Promise<boolean> {
    return this.#patience.write(() => this.#unlock.run(key, holder).changes > 0);
  }
}

function cacheFromRow(row: CacheTable): CacheRow {
  const result = storedValue(row.result, row.result_ref);
  if (result === null) throw new Error(`the cache row ${row.key} holds no value`);
  return {
    key: row.key,
    result,
    taskRunId: row.task_run_id,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  };
}
