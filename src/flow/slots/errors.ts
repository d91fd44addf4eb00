import type { Control } from "../../client/control.ts";
import { nowMicros } from "../../client/time.ts";
import { formatDuration } from "../../core/duration.ts";
import { RefusedError, TimedOutError } from "../../core/errors.ts";
import type { LeaseRow } from "../../store/repositories/limits.ts";

const HOLDERS_NAMED = 5;

export function closedLimit(name: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_LIMIT_CLOSED",
    message: `The concurrency limit ${quoted(name)} is 0: it lets nobody in.`,
    help: "Raise the limit, or delete it, and run this again.",
    facts: { limit: name },
  });
}

export function limitTooSmall(name: string, limit: number, slots: number): RefusedError {
  return new RefusedError({
    code: "SEGNO_LIMIT_TOO_SMALL",
    message: `${slots} slots were asked of the concurrency limit ${quoted(name)}, which has ${limit} in all.`,
    help: "Occupy fewer slots, or raise the limit.",
    facts: { limit: name, slots, has: limit },
  });
}

export function missingLimits(names: readonly string[]): RefusedError {
  return new RefusedError({
    code: "SEGNO_LIMIT_MISSING",
    message: `There is no concurrency limit ${names.map(quoted).join(", ")}, and \`strict\` asks for one.`,
    help: "Create it with setConcurrencyLimit(), or leave `strict` out to go on without a limit.",
    facts: { names: [...names] },
  });
}

export function notARate(name: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_LIMIT_WITHOUT_DECAY",
    message: `The concurrency limit ${quoted(name)} has no slot decay, so rateLimit() would never get a slot back.`,
    help: "Give it one with setConcurrencyLimit(name, limit, { slotDecayPerSecond }), or use concurrency().",
    facts: { limit: name },
  });
}

/** Says who has what was waited for, so that nobody has to look it up after the fact. */
export async function slotTimeout(
  control: Control,
  wait: {
    readonly names: readonly string[];
    readonly slots: number;
    readonly timeout: number;
    readonly blockedBy: string | null;
  },
): Promise<TimedOutError> {
  const { names, slots, timeout } = wait;
  const blockedBy = wait.blockedBy ?? names[0] ?? "";
  const now = nowMicros();
  const leases = await control.limits.leases(blockedBy, now).catch(() => []);
  const holders = leases.map(({ holder, slots: held, acquiredAt }) => ({
    ...holder,
    slots: held,
    acquiredAt,
  }));
  return new TimedOutError({
    code: "SEGNO_SLOT_TIMEOUT",
    message:
      `No ${slots === 1 ? "slot" : `${slots} slots`} of the concurrency limit ${quoted(blockedBy)} came free ` +
      `within ${formatDuration(timeout)}${heldBy(leases, now)}.`,
    help: "Wait longer (`timeout`), raise the limit, or see who holds its slots.",
    facts: { names: [...names], blockedBy, slots, timeout, holders },
  });
}

function heldBy(leases: readonly LeaseRow[], now: number): string {
  if (leases.length === 0) return "";
  const named = leases.slice(0, HOLDERS_NAMED).map(({ holder, acquiredAt }) => {
    const age = formatDuration(Math.max(0, now - acquiredAt) / 1000);
    return `${holder.type.replace("_", " ")} ${holder.id} for ${age}`;
  });
  const more = leases.length - named.length;
  return `; held by ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
