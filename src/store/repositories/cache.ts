import type { CacheRow } from "../store.ts";

/** Results of tasks by cache key, and the locks that let one process compute a key while others wait. */
export interface CacheRepository {
  /** The row unless it has expired at `now`. */
  get(key: string, now: number): Promise<CacheRow | null>;
  put(row: CacheRow): Promise<void>;
  delete(key: string): Promise<boolean>;
  /** Deletes what has expired, at most `limit` rows; answers how many. */
  sweep(now: number, limit: number): Promise<number>;

  /** Takes the lock of a key for a holder, or answers who has it. A lock that ended, or whose executor died, is free. Taking it twice by one holder moves its end. */
  lock(request: LockRequest): Promise<LockAnswer>;
  renewLocks(executorId: string, expiresAt: number): Promise<void>;
  unlock(key: string, holder: string): Promise<boolean>;
}

export interface LockRequest {
  readonly key: string;
  readonly holder: string;
  readonly executorId: string | null;
  readonly now: number;
  readonly expiresAt: number;
}

export type LockAnswer = { readonly locked: true } | { readonly locked: false; readonly holder: string };
