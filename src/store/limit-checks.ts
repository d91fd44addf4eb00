import { RefusedError } from "../core/errors.ts";
import { showValue } from "../core/value-kind.ts";

/** What every backend refuses before it touches a limit. */
export function checkLimit(limit: { name: string; limit: number; slotDecayPerSecond?: number }): void {
  checkLimitName(limit.name);
  if (!Number.isSafeInteger(limit.limit) || limit.limit < 0) {
    throw invalidLimit(
      `The limit "${limit.name}" must be a whole number from 0; got ${showValue(limit.limit)}.`,
      limit,
    );
  }
  const decay = limit.slotDecayPerSecond ?? 0;
  if (!Number.isFinite(decay) || decay < 0) {
    throw invalidLimit(
      `The slot decay of "${limit.name}" must be slots per second, from 0; got ${showValue(decay)}.`,
      limit,
    );
  }
}

/** @throws RefusedError unless it can be the name of a limit. */
export function checkLimitName(name: unknown): void {
  if (typeof name === "string" && name.trim() !== "") return;
  throw invalidLimit(`A concurrency limit has text for its name; got ${showValue(name)}.`, {});
}

function invalidLimit(message: string, facts: Readonly<Record<string, unknown>>): RefusedError {
  return new RefusedError({ code: "SEGNO_INVALID_LIMIT", message, facts: { ...facts } });
}

export function checkSlots(slots: number): void {
  if (Number.isSafeInteger(slots) && slots > 0) return;
  throw new RefusedError({
    code: "SEGNO_INVALID_SLOTS",
    message: `The number of slots must be a whole number from 1; got ${slots}.`,
    help: "Give `occupy: 1` or more.",
    facts: { slots },
  });
}

export function checkLeaseEnd(now: number, expiresAt: number): void {
  if (Number.isSafeInteger(expiresAt) && expiresAt > now) return;
  throw new RefusedError({
    code: "SEGNO_INVALID_LEASE",
    message: `A lease must end after it begins; it would begin at ${now} and end at ${expiresAt} (µs).`,
    facts: { now, expiresAt },
  });
}

export function duplicateLease(leaseId: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_LEASE",
    message: `The lease ${leaseId} is held already.`,
    help: "Give each acquisition an id of its own; renew the lease to keep it.",
    facts: { leaseId },
  });
}
