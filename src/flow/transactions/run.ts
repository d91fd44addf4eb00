import { nowMicros } from "../../client/time.ts";
import { errorMessage } from "../../core/recorded-error.ts";
import { crashPoint } from "../../store/crash-point.ts";
import type { JournalOp } from "../../store/store.ts";
import { type Frame, inFrame } from "../context.ts";
import type { Scope } from "../engine/scope.ts";
import { engineLog } from "../logging/log.ts";
import type { Transaction, TransactionView } from "../transaction.ts";
import { begin, transactionKey } from "./begin.ts";
import { cacheRowOf, markRolledBack, servedFromCache } from "./done.ts";
import { runTransactionHooks } from "./hook.ts";
import { journaled } from "./journaled.ts";

/**
 * One transaction from its begin to its end.
 *
 *     active ── block returned ── lazy or off, in another ──→ the other one's to decide
 *        │            ├────────── lazy or eager ────────────→ committed
 *        │            └────────── off, alone ───────────────→ rolled back
 *        ├───────── block threw, or the run was cancelled ──→ rolled back
 *        └───────── execution stopped ──────────────────────→ as it is; a resumed run replays the block
 */
export async function runTransaction(
  transaction: Transaction,
  frame: Frame,
  work: (tx: TransactionView) => unknown,
): Promise<unknown> {
  const id = identity(frame);
  const { session } = frame;
  if (transaction.key !== null) await begin(transaction, transaction.key, id, frame);
  let value: unknown;
  try {
    value = await inFrame({ ...frame, transaction }, () => work(transaction.view));
  } catch (error) {
    await transaction.settled();
    if (session.stopped !== null) await transaction.release();
    else await rollBack(transaction, id, frame);
    throw session.stopped ?? error;
  }
  await transaction.settled();
  const over = session.stopped ?? session.cancelled;
  if (over !== null) {
    if (session.stopped === null) await rollBack(transaction, id, frame);
    throw over;
  }
  const { commitMode, parent } = transaction;
  if (parent !== null && commitMode !== "eager") parent.adopt(transaction);
  else if (commitMode === "off") await rollBack(transaction, id, frame);
  else await commit(transaction, id, frame);
  return value;
}

const counts = new WeakMap<Scope, number>();

/**
 * Which transaction of which attempt this is: the same in a replay, another in a new attempt, so
 * that what an earlier attempt rolled back does not pass for this one's end.
 */
function identity({ scope, task }: Frame): string {
  const count = counts.get(scope) ?? 0;
  counts.set(scope, count + 1);
  const attempt = task === null ? scope.flowRunCount : task.entry.runCount;
  return `${attempt}.${count}`;
}

/** Cache rows first, in one write; then the hooks, whose failing undoes nothing. */
async function commit(transaction: Transaction, id: string, frame: Frame): Promise<void> {
  crashPoint("transaction.committing");
  await journaled(
    {
      name: "commit",
      taskKey: "transaction.commit",
      key: id,
      work: () => transaction.lockTaken(),
      ops: () => commitRows(transaction),
    },
    frame,
  );
  for (const one of transaction.all()) one.state = "committed";
  await transaction.release();
  for (const done of transaction.done()) {
    if (!servedFromCache(done.entry)) await runTransactionHooks("onCommit", done, frame, () => []);
  }
}

function commitRows(transaction: Transaction): JournalOp[] {
  const rows = transaction.done().map(({ entry }) => cacheRowOf(entry));
  const at = nowMicros();
  const keys = transaction.all().map(({ key }) => (key === null ? null : keyRow(key, at)));
  return [...rows, ...keys].filter((row) => row !== null).map((row) => ({ op: "cache", row }));
}

function keyRow(key: string, createdAt: number) {
  const result = { kind: "inline", text: "true" } as const;
  return { key: transactionKey(key), result, taskRunId: null, expiresAt: null, createdAt };
}

async function rollBack(transaction: Transaction, id: string, frame: Frame): Promise<void> {
  for (const one of transaction.all()) one.state = "rolled-back";
  try {
    const undone = transaction
      .done()
      .filter((done) => !servedFromCache(done.entry) || transaction.borrowed(done));
    const rolledBack = (entries: typeof undone) => (): readonly JournalOp[] =>
      entries.map(({ entry }) => {
        markRolledBack(entry);
        return { op: "entry", entry };
      });
    for (const done of undone.toReversed()) {
      if (servedFromCache(done.entry)) continue;
      await runTransactionHooks("onRollback", done, frame, rolledBack([done]));
      crashPoint("transaction.rolling-back");
    }
    const ops = rolledBack(undone);
    await journaled(
      { name: "rollback", taskKey: "transaction.rollback", key: id, work: () => undefined, ops },
      frame,
    );
  } catch (error) {
    if (frame.session.stopped !== null) throw frame.session.stopped;
    engineLog(frame, 40, `A transaction could not be rolled back: ${errorMessage(error)}`);
  } finally {
    await transaction.release();
  }
}
