import type { ConcurrencyLimit, LeaseHolder, LeaseRow } from "../repositories/limits.ts";
import type { Bucket } from "../slots.ts";

export interface LimitTable {
  id: string;
  name: string;
  slot_limit: number;
  active: number;
  /** Kept for limits that decay only; the others are the sum of their leases, which cannot drift. */
  active_slots: number;
  denied_slots: number;
  slot_decay_per_second: number;
  decayed_at: number;
  created_at: number;
  updated_at: number;
}

export interface LeaseTable {
  id: string;
  limit_name: string;
  slots: number;
  holder_type: string;
  holder_id: string;
  executor_id: string | null;
  acquired_at: number;
  expires_at: number;
}

export function bucketOf(row: LimitTable): Bucket {
  return {
    activeSlots: row.active_slots,
    decayedAt: row.decayed_at,
    slotDecayPerSecond: row.slot_decay_per_second,
  };
}

export function limitFromRow(row: LimitTable, activeSlots: number): ConcurrencyLimit {
  return {
    id: row.id,
    name: row.name,
    limit: row.slot_limit,
    active: row.active === 1,
    activeSlots,
    deniedSlots: row.denied_slots,
    slotDecayPerSecond: row.slot_decay_per_second,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function leaseFromRow(row: LeaseTable): LeaseRow {
  return {
    id: row.id,
    limitName: row.limit_name,
    slots: row.slots,
    holder: {
      type: row.holder_type as LeaseHolder["type"],
      id: row.holder_id,
      executorId: row.executor_id,
    },
    acquiredAt: row.acquired_at,
    expiresAt: row.expires_at,
  };
}
