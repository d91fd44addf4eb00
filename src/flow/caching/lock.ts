import type { Control } from "../../client/control.ts";
import { nowMicros } from "../../client/time.ts";
import { formatDuration } from "../../core/duration.ts";
import { TimedOutError } from "../../core/errors.ts";
import type { Session } from "../engine/session.ts";
import { pause } from "../engine/wait.ts";

/** µs. The heartbeat moves it on; what a dead process held is free once its death is noticed, or after this. */
const LOCK_LENGTH = 60_000_000;
/** ms between looks at a lock that another process holds: grows from the first to the second. */
const FIRST_LOOK = 5;
const LAST_LOOK = 250;

/** The lock of a key, held for the computation of its value. */
export interface KeyLock {
  release(): Promise<void>;
}

export interface LockWish {
  readonly session: Session;
  readonly key: string;
  /** The same for a call that is resumed, so that it gets its own lock back. */
  readonly holder: string;
  /** ms; undefined: for ever. */
  readonly timeout: number | undefined;
  /** For messages: `task "embed"`. */
  readonly what: string;
}

/**
 * Takes the lock of a key, or answers what `look` finds while another holds it.
 *
 * `look` is asked once more after the lock was taken: its last holder may have written just before.
 *
 * @throws TimedOutError `SEGNO_CACHE_LOCK_TIMEOUT`; the abort's reason when the session aborts.
 */
export async function lockUnless<Found>(
  wish: LockWish,
  look: () => Promise<Found | null>,
): Promise<KeyLock | { readonly found: Found }> {
  const { session, key } = wish;
  const started = performance.now();
  for (let wait = FIRST_LOOK; ; wait = Math.min(wait * 2, LAST_LOOK)) {
    const before = await look();
    if (before !== null) return { found: before };
    const lock = await tryLock(wish);
    if (lock !== null) {
      const after = await lookOrRelease(lock, look);
      if (after === null) return lock;
      await lock.release();
      return { found: after };
    }
    const { timeout } = wish;
    const left = (timeout ?? Number.POSITIVE_INFINITY) - (performance.now() - started);
    if (timeout !== undefined && left <= 0) throw lockTimeout(wish, timeout);
    // Who waits this long asks whether the holder still lives; an answer may as well come at the next look.
    if (wait === LAST_LOOK) await session.control.buryDead().catch(() => undefined);
    await untilReleased(session, key, Math.min(wait, left));
  }
}

async function lookOrRelease<Found>(lock: KeyLock, look: () => Promise<Found | null>): Promise<Found | null> {
  try {
    return await look();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Null when somebody else has it. */
async function tryLock({ session, key, holder }: LockWish): Promise<KeyLock | null> {
  const { control } = session;
  const now = nowMicros();
  const { executorId } = control;
  const answer = await control.cache.lock({ key, holder, executorId, now, expiresAt: now + LOCK_LENGTH });
  if (!answer.locked) return null;
  const free = holdHere(control, key);
  return {
    release: async () => {
      try {
        await control.cache.unlock(key, holder);
      } finally {
        free();
      }
    },
  };
}

/** The keys that this process holds, for those of its own calls that wait: they need not poll. */
const held = new WeakMap<Control, Map<string, Promise<void>>>();

function holdHere(control: Control, key: string): () => void {
  let keys = held.get(control);
  if (keys === undefined) {
    keys = new Map();
    held.set(control, keys);
  }
  const mine = keys;
  let open: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (open = resolve));
  mine.set(key, released);
  return () => {
    if (mine.get(key) === released) mine.delete(key);
    open();
  };
}

async function untilReleased(session: Session, key: string, ms: number): Promise<void> {
  const here = held.get(session.control)?.get(key);
  const pauseOver = pause(ms, session);
  await (here === undefined ? pauseOver : Promise.race([pauseOver, here]));
}

function lockTimeout({ key, what }: LockWish, timeout: number): TimedOutError {
  return new TimedOutError({
    code: "SEGNO_CACHE_LOCK_TIMEOUT",
    message: `${what} waited longer than its lockTimeout of ${formatDuration(timeout)} for another run that computes its cache key.`,
    help: "Raise `lockTimeout`, or leave it out to wait as long as it takes.",
    facts: { key, timeout },
  });
}
