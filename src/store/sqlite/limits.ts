import { checkLeaseEnd, checkLimit, checkSlots, duplicateLease } from "../limit-checks.ts";
import type {
  AcquireAnswer,
  AcquireRequest,
  ConcurrencyLimit,
  LeaseRow,
  LimitRepository,
  RateAnswer,
  RateRequest,
} from "../repositories/limits.ts";
import { levelAt, msUntilRoom, undecayed } from "../slots.ts";
import type { Database } from "./driver.ts";
import { bucketOf, type LeaseTable, type LimitTable, leaseFromRow, limitFromRow } from "./limit-rows.ts";
import { LimitStatements } from "./limit-statements.ts";
import type { Patience } from "./patience.ts";
import { shortRead } from "./transaction.ts";

/**
 * Nobody is told of a release, so a waiter must look again soon or slots idle: at most after this
 * many ms. A look is one short transaction, about 20 µs.
 */
const LOOK_AGAIN = 100;

type Refusal = Exclude<AcquireAnswer, { acquired: true }>;
type Missing = Omit<Extract<Refusal, { reason: "missing" }>, "acquired">;
type NoRoom =
  | Omit<Extract<Refusal, { reason: "full" }>, "acquired">
  | Omit<Extract<Refusal, { reason: "impossible" }>, "acquired">;

/**
 * Named limits in SQLite. Give it a connection with durability `normal`: leases mean nothing after
 * a power failure, and waiters must not pay for the disk.
 *
 * A lease stands until somebody who wants its slots finds it ended, by its own time or by its
 * executor's recorded end. An executor that only *looks* dead (its heartbeat is late) keeps its
 * leases: it may be a stopped laptop or a long garbage collection, it has no fence here, and slots
 * given away while it still works would exceed the limit. For the same reason an ended lease that
 * nobody wanted can still be renewed.
 *
 * @param clock - µs since the epoch; only for `get` and `list`, which are given no time.
 */
export function sqliteLimits(
  db: Database,
  patience: Patience,
  clock: () => number = () => Date.now() * 1000,
): LimitRepository {
  return new SqliteLimits(db, patience, clock);
}

class SqliteLimits implements LimitRepository {
  readonly #db: Database;
  readonly #patience: Patience;
  readonly #clock: () => number;
  readonly #sql: LimitStatements;

  constructor(db: Database, patience: Patience, clock: () => number) {
    this.#db = db;
    this.#patience = patience;
    this.#clock = clock;
    this.#sql = new LimitStatements(db);
  }

  async get(name: string): Promise<ConcurrencyLimit | null> {
    return shortRead(this.#db, () => {
      const row = this.#row(name);
      return row === null ? null : this.#toLimit(row, this.#clock());
    });
  }

  async list(): Promise<readonly ConcurrencyLimit[]> {
    return shortRead(this.#db, () => {
      const now = this.#clock();
      return (this.#sql.list.all() as LimitTable[]).map((row) => this.#toLimit(row, now));
    });
  }

  async upsert(limit: Parameters<LimitRepository["upsert"]>[0]): Promise<ConcurrencyLimit> {
    checkLimit(limit);
    const { name, now } = limit;
    return this.#patience.write(() => {
      const there = this.#row(name);
      if (there === null) {
        const active = limit.active === false ? 0 : 1;
        this.#sql.insert.run(
          limit.id,
          name,
          limit.limit,
          active,
          limit.slotDecayPerSecond ?? 0,
          now,
          now,
          now,
        );
      } else {
        this.#reclaim(name, now);
        const current = this.#row(name) ?? there;
        const decay = limit.slotDecayPerSecond ?? current.slot_decay_per_second;
        const active = limit.active === undefined ? current.active : Number(limit.active);
        // What is in use now goes on under the new rate.
        const level = decay === 0 ? 0 : this.#inUse(current, now);
        const at = Math.max(now, current.decayed_at);
        this.#sql.update.run(limit.limit, active, decay, level, at, now, name);
      }
      const row = this.#row(name);
      if (row === null) throw new Error(`the limit ${name} was written and is not there`);
      return this.#toLimit(row, now);
    });
  }

  async delete(name: string): Promise<boolean> {
    return this.#patience.write(() => this.#sql.delete.run(name).changes > 0);
  }

  async reset(name: string, now: number): Promise<boolean> {
    return this.#patience.write(() => {
      this.#sql.releaseLimit.run(name);
      return this.#sql.setLevel.run(0, now, name).changes > 0;
    });
  }

  async leases(name: string, now: number): Promise<readonly LeaseRow[]> {
    return shortRead(this.#db, () => (this.#sql.liveLeases.all(name, now) as LeaseTable[]).map(leaseFromRow));
  }

  async acquire(request: AcquireRequest): Promise<AcquireAnswer> {
    const { leaseId, holder, slots, now, expiresAt } = request;
    checkSlots(slots);
    checkLeaseEnd(now, expiresAt);
    return this.#patience.write(() => {
      if (this.#sql.lease.get(leaseId) !== undefined) throw duplicateLease(leaseId);
      const limits = this.#select(request);
      if (!Array.isArray(limits)) return { acquired: false, ...limits };
      const noRoom = this.#noRoom(limits, slots, now, LOOK_AGAIN);
      if (noRoom !== null) return { acquired: false, ...noRoom };
      for (const row of limits) {
        if (row.slot_decay_per_second > 0) this.#pour(row, slots, now);
        this.#sql.insertLease.run(
          leaseId,
          row.name,
          slots,
          holder.type,
          holder.id,
          holder.executorId,
          now,
          expiresAt,
        );
      }
      return { acquired: true, leaseId: limits.length === 0 ? null : leaseId };
    });
  }

  async renew(leaseId: string, now: number, expiresAt: number): Promise<boolean> {
    checkLeaseEnd(now, expiresAt);
    return this.#patience.write(() => this.#sql.renew.run(expiresAt, leaseId).changes > 0);
  }

  async renewAll(executorId: string, now: number, expiresAt: number): Promise<readonly string[]> {
    checkLeaseEnd(now, expiresAt);
    const moved = await this.#patience.write(
      () => this.#sql.renewAll.all(expiresAt, executorId) as { id: string }[],
    );
    return [...new Set(moved.map((row) => row.id))];
  }

  async release(leaseId: string, now: number): Promise<boolean> {
    return this.#patience.write(() => {
      const rows = this.#sql.release.all(leaseId) as LeaseTable[];
      this.#giveBack(rows, now);
      return rows.length > 0;
    });
  }

  async admit(request: RateRequest): Promise<RateAnswer> {
    const { slots, now } = request;
    checkSlots(slots);
    return this.#patience.write(() => {
      const limits = this.#select(request);
      if (!Array.isArray(limits)) return { admitted: false, ...limits };
      const still = limits.find((row) => row.slot_decay_per_second === 0);
      if (still !== undefined) return { admitted: false, reason: "no-decay", blockedBy: still.name };
      // Time alone gives these slots back, so the hint may be as long as it takes.
      const noRoom = this.#noRoom(limits, slots, now, Number.MAX_SAFE_INTEGER);
      if (noRoom !== null) return { admitted: false, ...noRoom };
      for (const row of limits) this.#pour(row, slots, now);
      return { admitted: true };
    });
  }

  /** The limits that count among the names, in name order, their ended leases gone; or what is missing. */
  #select({ names, now, strict }: RateRequest): LimitTable[] | Missing {
    const sorted = [...new Set(names)].sort();
    for (const name of sorted) this.#reclaim(name, now);
    const rows = sorted.map((name) => this.#row(name));
    const missing = sorted.filter((_, index) => rows[index] === null);
    if (strict && missing.length > 0) return { reason: "missing", missing };
    return rows.filter((row) => row !== null && row.active === 1) as LimitTable[];
  }

  /** Why the limits do not all have room, counted on the one that has none; null when they do. */
  #noRoom(limits: readonly LimitTable[], slots: number, now: number, longest: number): NoRoom | null {
    const small = limits.find((row) => row.slot_limit < slots);
    if (small !== undefined) return { reason: "impossible", blockedBy: small.name, limit: small.slot_limit };
    for (const row of limits) {
      const inUse = this.#inUse(row, now);
      if (inUse + slots <= row.slot_limit) continue;
      this.#sql.deny.run(slots, row.name);
      const retryAfter = Math.min(longest, this.#msUntilRoom(row, inUse, slots, now));
      return { reason: "full", blockedBy: row.name, retryAfter };
    }
    return null;
  }

  #msUntilRoom(row: LimitTable, inUse: number, slots: number, now: number): number {
    if (row.slot_decay_per_second > 0) {
      return msUntilRoom(inUse, slots, row.slot_limit, row.slot_decay_per_second);
    }
    const { at } = this.#sql.earliestEnd.get(row.name) as { at: number | null };
    return at === null ? LOOK_AGAIN : Math.max(1, Math.ceil((at - now) / 1000));
  }

  #row(name: string): LimitTable | null {
    return (this.#sql.get.get(name) as LimitTable | undefined) ?? null;
  }

  /** Slots in use, once the ended leases of the limit are gone. */
  #inUse(row: LimitTable, now: number): number {
    if (row.slot_decay_per_second > 0) return levelAt(bucketOf(row), now);
    return (this.#sql.heldSlots.get(row.name) as { slots: number }).slots;
  }

  #reclaim(name: string, now: number): void {
    this.#giveBack(this.#sql.reclaim.all(name, now) as LeaseTable[], now);
  }

  /** The rows are gone already, which is all that a limit without decay needs. */
  #giveBack(rows: readonly LeaseTable[], now: number): void {
    for (const lease of rows) {
      const row = this.#row(lease.limit_name);
      if (row === null || row.slot_decay_per_second === 0) continue;
      this.#pour(row, -undecayed(lease.slots, lease.acquired_at, row.slot_decay_per_second, now), now);
    }
  }

  #pour(row: LimitTable, slots: number, now: number): void {
    const level = Math.max(0, levelAt(bucketOf(row), now) + slots);
    this.#sql.setLevel.run(level, Math.max(now, row.decayed_at), row.name);
  }

  /** Reads only: ended leases are counted out, not deleted. */
  #toLimit(row: LimitTable, now: number): ConcurrencyLimit {
    return limitFromRow(row, row.slot_decay_per_second === 0 ? this.#held(row, now) : this.#level(row, now));
  }

  #held(row: LimitTable, now: number): number {
    const live = this.#sql.liveLeases.all(row.name, now) as LeaseTable[];
    return live.reduce((total, lease) => total + lease.slots, 0);
  }

  #level(row: LimitTable, now: number): number {
    const ended = this.#sql.endedLeases.all(row.name, now) as LeaseTable[];
    const back = ended.reduce(
      (total, lease) => total + undecayed(lease.slots, lease.acquired_at, row.slot_decay_per_second, now),
      0,
    );
    return Math.max(0, levelAt(bucketOf(row), now) - back);
  }
}
