import { nowMicros } from "../../client/time.ts";
import type { JournalEntry } from "../../core/run.ts";
import { type KeyLock, lockUnless } from "../caching/lock.ts";
import type { Frame } from "../context.ts";
import type { Outcome } from "../engine/call.ts";
import { unlessAborted } from "../engine/wait.ts";
import type { Transaction } from "../transaction.ts";

/** Where a transaction's key lies among the cache's: apart from those of tasks. */
export function transactionKey(key: string): string {
  return `transaction:${key}`;
}

/**
 * Learns whether a transaction of this key committed before, and takes its lock if it is to be the
 * only one. The answer is recorded: a replay goes the same way, whatever was committed since.
 */
export async function begin(transaction: Transaction, key: string, id: string, frame: Frame): Promise<void> {
  const { session, scope } = frame;
  const row = transactionKey(key);
  const serializable = transaction.isolation === "serializable";
  let lock: Promise<KeyLock> | null = null;
  let call: JournalEntry | null = null;
  const take = (holder: string) => {
    const wish = {
      session,
      key: row,
      holder,
      timeout: transaction.lockTimeout,
      what: `Transaction "${key}"`,
    };
    return lockUnless(wish, async () => null).then((answer) => answer as KeyLock);
  };
  const execute = async (entry: JournalEntry): Promise<Outcome> => {
    try {
      if (serializable) {
        // The locks that the journal says were held are asked for first.
        await unlessAborted(scope.caughtUp(), session);
        lock = take(entry.id);
        await lock;
      }
      const found = transaction.overwrite ? null : await session.control.cache.get(row, nowMicros());
      const value = found !== null;
      return { ok: true, value, stored: { kind: "inline", text: String(value) } };
    } catch (error) {
      return { ok: false, error, stateType: session.cancelled === null ? "FAILED" : "CANCELLED" };
    }
  };
  const spec = {
    kind: "effect",
    name: `begin ${key}`,
    taskKey: "transaction.begin",
    key: id,
    tags: [],
    execute: ({ entry }: { entry: JournalEntry }) => execute(entry),
  } as const;
  transaction.committedBefore = (await session.call(scope, spec, (entry) => (call = entry))) === true;
  if (!serializable) return;
  // The process that had the lock is gone, and so is the lock. The code must not wait for a new one
  // here, since a replay that waits is no replay; the commit does.
  const holder = (call as JournalEntry | null)?.id;
  if (lock === null && holder !== undefined) lock = take(holder);
  if (lock !== null) transaction.holds(lock, session);
}
