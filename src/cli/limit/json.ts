import type { ConcurrencyLimit, LeaseRow } from "../../store/repositories/limits.ts";
import { isoTime } from "../output/time.ts";

export function limitJson(limit: ConcurrencyLimit): Record<string, unknown> {
  return {
    id: limit.id,
    created: isoTime(limit.createdAt),
    updated: isoTime(limit.updatedAt),
    name: limit.name,
    limit: limit.limit,
    active: limit.active,
    active_slots: limit.activeSlots,
    denied_slots: limit.deniedSlots,
    slot_decay_per_second: limit.slotDecayPerSecond,
  };
}

export function leaseJson(lease: LeaseRow): Record<string, unknown> {
  return {
    id: lease.id,
    slots: lease.slots,
    holder: { type: lease.holder.type, id: lease.holder.id },
    acquired: isoTime(lease.acquiredAt),
    expires: isoTime(lease.expiresAt),
  };
}
