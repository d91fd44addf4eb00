import { nowMicros } from "../../client/time.ts";
import { parseDuration } from "../../core/duration.ts";
import { RefusedError, StoreError } from "../../core/errors.ts";
import type { JournalEntry, StoredValue } from "../../core/run.ts";
import { crashPoint } from "../../store/crash-point.ts";
import { loadValue } from "../../store/results/values.ts";
import type { CacheRow } from "../../store/store.ts";
import type { Frame } from "../context.ts";
import { engineLog } from "../logging/log.ts";
import type { TaskDefinition } from "../task-definition.ts";
import { cacheKeyOf } from "./key.ts";
import { type KeyLock, lockUnless } from "./lock.ts";
import type { CachePolicy } from "./policy.ts";
import { sweepNowAndThen } from "./sweep.ts";

/** A value that was computed before. */
export interface CacheHit {
  readonly value: unknown;
  readonly stored: StoredValue;
}

/** What the cache had to say of one call, and what is to be told to it at the call's end. */
export interface CacheAttempt {
  readonly hit: CacheHit | null;
  /** What to write with the task's end. */
  row(stored: StoredValue, entry: JournalEntry): CacheRow;
  /** The end is durable: the next one may look. */
  finish(): Promise<void>;
  /** The task failed: the next one may try. */
  abandon(): Promise<void>;
}

/**
 * Asks the cache before a task's body runs. Null at once, and without a promise, for a task that is
 * not cached.
 *
 * @throws RefusedError when the key cannot be computed; TimedOutError when the key's lock was not to
 * be had in time.
 */
export function consultCache(
  definition: TaskDefinition,
  args: readonly unknown[],
  frame: Frame,
  entry: JournalEntry,
): Promise<CacheAttempt | null> | null {
  const policy = definition.caching;
  if (policy === null || frame.session.control.settings.tasks.disableCaching) return null;
  return consult(definition, policy, args, frame, entry);
}

async function consult(
  definition: TaskDefinition,
  policy: CachePolicy,
  args: readonly unknown[],
  frame: Frame,
  entry: JournalEntry,
): Promise<CacheAttempt | null> {
  const { name: taskName, fn, options } = definition;
  const { settings } = frame.session.control;
  const { flow } = frame;
  const context = { taskName, args, parameters: flow?.input, flowRunId: flow?.run.id ?? null };
  const key = await cacheKeyOf(policy, { context, fn, taskRunId: entry.id });
  if (key === null) return null;
  entry.cacheKey = key;
  if (definition.cacheExpiration !== undefined) sweepNowAndThen(frame.session);
  const refresh = options.refreshCache ?? settings.tasks.refreshCache;
  const look = refresh ? async () => null : () => lookUp(key, frame, entry);
  const { isolation, lockTimeout } = policy.configuration;
  if (isolation !== "serializable") return attempt(key, definition, frame, await look(), null);
  const timeout = lockTimeout === undefined ? undefined : parseDuration(lockTimeout);
  const { session } = frame;
  const answer = await lockUnless(
    { session, key, holder: entry.id, timeout, what: `Task "${entry.name}"` },
    look,
  );
  if ("found" in answer) return attempt(key, definition, frame, answer.found, null);
  crashPoint("cache.locked");
  return attempt(key, definition, frame, null, answer);
}

function attempt(
  key: string,
  definition: TaskDefinition,
  frame: Frame,
  hit: CacheHit | null,
  lock: KeyLock | null,
): CacheAttempt {
  const release = lock === null ? async () => undefined : releaseOnce(lock, frame);
  return {
    hit,
    row(result, entry) {
      const createdAt = nowMicros();
      const { cacheExpiration } = definition;
      const expiresAt = cacheExpiration === undefined ? null : createdAt + Math.round(cacheExpiration * 1000);
      entry.cacheExpiration = expiresAt;
      return { key, result, taskRunId: entry.id, expiresAt, createdAt };
    },
    // What a transaction staged is there for others at its commit, and so is the lock.
    finish: () => (frame.transaction === null ? release() : frame.transaction.releaseAtEnd(release)),
    abandon: release,
  };
}

/** A run that stops before its end is written lets go as well: the heartbeat would keep the lock for ever. */
function releaseOnce(lock: KeyLock, frame: Frame): () => Promise<void> {
  let released: Promise<void> | null = null;
  const release = () => {
    forget();
    // A store that cannot take this cannot take the run's end either, which is where it is said.
    released ??= lock.release().catch(() => undefined);
    return released;
  };
  const forget = frame.session.onAbort(() => void release());
  return release;
}

async function lookUp(key: string, frame: Frame, entry: JournalEntry): Promise<CacheHit | null> {
  const { control } = frame.session;
  const row = frame.transaction?.staged(key) ?? (await control.cache.get(key, nowMicros()));
  if (row === null) return null;
  try {
    const value = await loadValue(row.result, { storages: [control.results] });
    entry.cacheExpiration = row.expiresAt;
    return { value, stored: row.result };
  } catch (error) {
    // A lost or damaged file, or a serializer that this program does not have, costs a computation.
    if (!(error instanceof StoreError || error instanceof RefusedError)) throw error;
    engineLog(
      frame,
      30,
      `The cached result of task "${entry.name}" cannot be read, so it is computed again: ${error.message}`,
    );
    return null;
  }
}
