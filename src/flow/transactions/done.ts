import type { JournalEntry } from "../../core/run.ts";
import type { CacheRow } from "../../store/store.ts";
import { mark } from "../engine/entry.ts";

/** The name that a done task's state takes when its transaction is rolled back. */
const ROLLED_BACK = "RolledBack";

/** True for a task whose value came out of the cache: it did nothing that could be undone. */
export function servedFromCache(entry: JournalEntry): boolean {
  return entry.states.findLast(([, name]) => name !== ROLLED_BACK)?.[1] === "Cached";
}

/**
 * The cache row that a done task's entry stands for, or null. Made of the entry and not kept beside
 * it, so that a resumed run has the rows of the tasks that it does not run again.
 */
export function cacheRowOf(entry: JournalEntry): CacheRow | null {
  const { cacheKey, result, cacheExpiration } = entry;
  if (cacheKey === null || result === null || servedFromCache(entry)) return null;
  return {
    key: cacheKey,
    result,
    taskRunId: entry.id,
    expiresAt: cacheExpiration,
    createdAt: entry.endAt ?? entry.stateAt,
  };
}

/** Renames the state of a done task; when it ended and what it answered stay on record. */
export function markRolledBack(entry: JournalEntry): void {
  if (entry.stateName === ROLLED_BACK) return;
  const { endAt } = entry;
  mark(entry, "COMPLETED", ROLLED_BACK, entry.stateMessage);
  entry.endAt = endAt;
}
