import { type Catalogue, entryOf } from "./entry.ts";

const refused = entryOf("RefusedError");
const timedOut = entryOf("TimedOutError");

/** Concurrency limits and rates. */
export const LIMIT_ERRORS = {
  SEGNO_INVALID_LIMIT: refused(
    "A concurrency limit's name, number of slots or rate is out of its range.",
    "Give a name, a whole number of slots, and a decay per second that is not negative.",
  ),
  SEGNO_INVALID_SLOTS: refused(
    "The number of slots to occupy is not a whole number from 1.",
    "Give `occupy: 1` or more.",
  ),
  SEGNO_INVALID_LEASE: refused(
    "A lease on a limit would end before it begins, or has an id that is held already.",
    "Give each acquisition an id of its own; renew a lease to keep it.",
  ),
  SEGNO_LIMIT_CLOSED: refused(
    "A concurrency limit is 0, so that it lets nobody in.",
    "Raise the limit, or delete it, and run this again.",
  ),
  SEGNO_LIMIT_TOO_SMALL: refused(
    "More slots were asked of a concurrency limit than it has in all.",
    "Occupy fewer slots, or raise the limit.",
  ),
  SEGNO_LIMIT_MISSING: refused(
    "There is no concurrency limit of that name, and `strict` asks for one.",
    "Create it with `setConcurrencyLimit()`, or leave `strict` out to go on without a limit.",
  ),
  SEGNO_LIMIT_WITHOUT_DECAY: refused(
    "`rateLimit()` was called with a limit without slot decay, which would never give a slot back.",
    "Give the limit a `slotDecayPerSecond` with `setConcurrencyLimit()`, or use `concurrency()`.",
  ),
  SEGNO_SLOT_TIMEOUT: timedOut(
    "No slot of a concurrency limit came free within the timeout. The message says who holds them.",
    "Wait longer (`timeout`), raise the limit, or look at what holds its slots.",
  ),
} satisfies Catalogue;
