/**
 * Named concurrency limits with leases, and rate limits (slots that come back with time).
 *
 * A slot is held by a *lease*: a row that names its holder and its end. A lease that ended, or whose
 * executor died, gives its slots back at the next touch of the limit; no loop is needed for that.
 * A task tag's limit is the limit named `tag:<tag>`.
 */
export interface ConcurrencyLimit {
  readonly id: string;
  readonly name: string;
  /** 0 lets nobody in. */
  readonly limit: number;
  readonly active: boolean;
  readonly activeSlots: number;
  readonly deniedSlots: number;
  /** Slots given back per second without a release; 0 for a limit that is only released. */
  readonly slotDecayPerSecond: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface LeaseRow {
  readonly id: string;
  readonly limitName: string;
  readonly slots: number;
  readonly holder: LeaseHolder;
  readonly acquiredAt: number;
  readonly expiresAt: number;
}

export interface LeaseHolder {
  readonly type: "flow_run" | "task_run" | "process";
  readonly id: string;
  /** The executor whose death ends the lease; null when only time does. */
  readonly executorId: string | null;
}

export interface AcquireRequest {
  /** All or none. */
  readonly names: readonly string[];
  readonly slots: number;
  readonly leaseId: string;
  readonly holder: LeaseHolder;
  readonly now: number;
  /** µs since the epoch. */
  readonly expiresAt: number;
  /** Refuse names that no limit has; otherwise such names do not limit. */
  readonly strict: boolean;
}

export type AcquireAnswer =
  /** `lease` is null when none of the names is a limit (nothing to give back). */
  | { readonly acquired: true; readonly leaseId: string | null }
  /** `blockedBy` is the limit that is full; `retryAfter` a hint in ms. */
  | {
      readonly acquired: false;
      readonly reason: "full";
      readonly blockedBy: string;
      readonly retryAfter: number;
    }
  /** The limit can never give that many slots (`limit` is smaller). */
  | {
      readonly acquired: false;
      readonly reason: "impossible";
      readonly blockedBy: string;
      readonly limit: number;
    }
  | { readonly acquired: false; readonly reason: "missing"; readonly missing: readonly string[] };

export interface RateRequest {
  readonly names: readonly string[];
  readonly slots: number;
  readonly now: number;
  readonly strict: boolean;
}

export type RateAnswer =
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly reason: "full";
      readonly blockedBy: string;
      readonly retryAfter: number;
    }
  | {
      readonly admitted: false;
      readonly reason: "impossible";
      readonly blockedBy: string;
      readonly limit: number;
    }
  /** A rate limit needs a decay; this one has none. */
  | { readonly admitted: false; readonly reason: "no-decay"; readonly blockedBy: string }
  | { readonly admitted: false; readonly reason: "missing"; readonly missing: readonly string[] };

export interface LimitRepository {
  get(name: string): Promise<ConcurrencyLimit | null>;
  /** By name. */
  list(): Promise<readonly ConcurrencyLimit[]>;
  /** Creates a limit or changes the given fields of one that is there. */
  upsert(limit: {
    readonly id: string;
    readonly name: string;
    readonly limit: number;
    readonly active?: boolean;
    readonly slotDecayPerSecond?: number;
    readonly now: number;
  }): Promise<ConcurrencyLimit>;
  delete(name: string): Promise<boolean>;
  /** Gives every slot back, whoever holds it. */
  reset(name: string, now: number): Promise<boolean>;
  leases(name: string, now: number): Promise<readonly LeaseRow[]>;

  acquire(request: AcquireRequest): Promise<AcquireAnswer>;
  /** False when the lease had ended and its slots may be somebody else's. */
  renew(leaseId: string, now: number, expiresAt: number): Promise<boolean>;
  /** Moves the end of every lease of an executor, in one write; answers the ids it moved. */
  renewAll(executorId: string, now: number, expiresAt: number): Promise<readonly string[]>;
  release(leaseId: string, now: number): Promise<boolean>;
  /** Takes slots of rate limits; nothing is given back but by time. */
  admit(request: RateRequest): Promise<RateAnswer>;
}
