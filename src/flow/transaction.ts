import { RefusedError } from "../core/errors.ts";
import type { Duration } from "../core/duration.ts";
import { parseDuration } from "../core/duration.ts";
import type { JournalEntry } from "../core/run.ts";
import { showValue } from "../core/value-kind.ts";
import type { CacheRow } from "../store/store.ts";
import { type CacheIsolation, checkIsolation } from "./caching/policy.ts";
import type { KeyLock } from "./caching/lock.ts";
import { currentFrame, requireFrame } from "./context.ts";
import type { Session } from "./engine/session.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { cacheRowOf, servedFromCache } from "./transactions/done.ts";
import { runTransaction } from "./transactions/run.ts";

/**
 * When a transaction's work counts.
 *
 * `lazy`: with the transaction around it, or at its own end if there is none. `eager`: at its own
 * end. `off`: only with the transaction around it; without one it is rolled back.
 */
export type CommitMode = "lazy" | "eager" | "off";

/** Options of {@link transaction}. */
export interface TransactionOptions {
  /** Known across runs: `isCommitted()` tells whether a transaction of this key committed before. */
  readonly key?: string;
  /** `serializable`: one transaction of a key at a time. Default: that of the transaction around it, or `read-committed`. */
  readonly isolation?: CacheIsolation;
  /** With `serializable`: how long to wait for another of this key before failing. Default: as long as it takes. */
  readonly lockTimeout?: Duration;
  /** Default: that of the transaction around it, or `lazy`. */
  readonly commitMode?: CommitMode;
  /** Begin as if the key had not been committed. */
  readonly overwrite?: boolean;
}

/** What a transaction's block and its hooks see of it. */
export interface TransactionView {
  readonly key: string | null;
  readonly state: TransactionState;
  /** What `set` left under the name, here or in a transaction around this one; undefined if nothing. */
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  /** True once this transaction committed, and from the start if one of its key did before. */
  isCommitted(): boolean;
}

/** Where a transaction is: its block runs, or it ended one way or the other. */
export type TransactionState = "active" | "committed" | "rolled-back";

/** A task run that ended well in a transaction. */
export interface DoneTask {
  readonly definition: TaskDefinition;
  readonly entry: JournalEntry;
  readonly value: unknown;
  readonly transaction: Transaction;
}

/** What is done in a block, until all of it counts or none of it. */
export class Transaction {
  readonly key: string | null;
  readonly parent: Transaction | null;
  readonly isolation: CacheIsolation;
  readonly commitMode: CommitMode;
  readonly overwrite: boolean;
  /** ms; undefined for ever. */
  readonly lockTimeout: number | undefined;
  readonly view: TransactionView;
  state: TransactionState = "active";
  committedBefore = false;
  readonly #members: (DoneTask | Transaction)[] = [];
  readonly #staged = new Map<string, CacheRow>();
  readonly #values = new Map<string, unknown>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #locks: Promise<KeyLock>[] = [];
  #releases: (() => Promise<void>)[] = [];

  constructor(options: TransactionOptions, parent: Transaction | null) {
    this.key = options.key ?? null;
    this.parent = parent;
    this.isolation = options.isolation ?? parent?.isolation ?? "read-committed";
    this.commitMode = options.commitMode ?? parent?.commitMode ?? "lazy";
    this.overwrite = options.overwrite ?? false;
    const { lockTimeout } = options;
    this.lockTimeout =
      lockTimeout === undefined ? undefined : parseDuration(lockTimeout, "transaction({ lockTimeout })");
    this.view = viewOf(this);
  }

  /**
   * Makes a task's call part of the transaction: its end is waited for, and when it was given to the
   * code it counts as done. In a replay that is so for recorded calls as well, in the same order.
   */
  join(
    definition: TaskDefinition,
    call: (onEntry: (entry: JournalEntry) => void) => Promise<unknown>,
  ): Promise<unknown> {
    if (this.state !== "active") throw ended(definition.name);
    let entry: JournalEntry | null = null;
    const outcome = call((known) => (entry = known));
    const noted = outcome.then((value) => {
      if (entry !== null) this.#done({ definition, entry, value, transaction: this });
    });
    this.waitFor(noted);
    return outcome;
  }

  waitFor(work: Promise<unknown>): void {
    this.#pending.add(work);
    const over = () => this.#pending.delete(work);
    work.then(over, over);
  }

  /** Resolves when everything that was begun in the block has ended. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  #done(task: DoneTask): void {
    this.#members.push(task);
    const row = cacheRowOf(task.entry);
    if (row !== null) this.#staged.set(row.key, row);
  }

  /** The cache row of a task in it, which only this transaction sees until the commit. */
  staged(key: string): CacheRow | null {
    return this.#staged.get(key) ?? this.parent?.staged(key) ?? null;
  }

  /** Whether the task's value came from what this transaction only staged. */
  borrowed({ entry }: DoneTask): boolean {
    return servedFromCache(entry) && entry.cacheKey !== null && this.#staged.has(entry.cacheKey);
  }

  /** A transaction in this one ended and is committed or rolled back with it. */
  adopt(inner: Transaction): void {
    this.#members.push(inner);
    for (const [key, row] of inner.#staged) this.#staged.set(key, row);
    this.#releases.push(...inner.#releases);
    inner.#releases = [];
  }

  /** Everything done, in order, that of inner transactions included. */
  done(): readonly DoneTask[] {
    return this.#members.flatMap((member) => (member instanceof Transaction ? member.done() : [member]));
  }

  /** This one and those in it that are committed with it. */
  all(): readonly Transaction[] {
    const inner = this.#members.filter((member) => member instanceof Transaction);
    return [...inner.flatMap((one) => one.all()), this];
  }

  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.parent?.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /** The lock of the transaction's key, or the promise of it; given back at the end, or when the run stops. */
  holds(lock: Promise<KeyLock>, session: Session): void {
    let over: Promise<void> | null = null;
    const release = () => (over ??= lock.then((taken) => taken.release()).catch(() => undefined));
    this.#locks.push(lock);
    const forget = session.onAbort(() => void release());
    this.#releases.push(() => {
      forget();
      return release();
    });
  }

  /** Resolves when the locks of this and the inner transactions are held. */
  async lockTaken(): Promise<void> {
    for (const one of this.all()) await Promise.all(one.#locks);
  }

  /** Runs `release` when the transaction has ended; at once if it has. */
  async releaseAtEnd(release: () => Promise<void>): Promise<void> {
    if (this.state === "active") this.#releases.push(release);
    else await release();
  }

  async release(): Promise<void> {
    const releases = this.#releases;
    this.#releases = [];
    await Promise.allSettled(releases.map((release) => release()));
  }
}

/**
 * Runs a block whose tasks count together or not at all.
 *
 * When the block ends, the cache rows of its tasks are written in one go and their `onCommit` hooks
 * run, in order. When it throws, the `onRollback` hooks of the tasks that were done run in reverse
 * order, their states become RolledBack, nothing is cached, and the error is thrown on. Each hook is
 * an entry of the journal: a run that crashed in the middle goes on with the ones that are left.
 *
 * @throws RefusedError `SEGNO_NO_RUN` outside a flow or task; TimedOutError
 * `SEGNO_CACHE_LOCK_TIMEOUT` when another of its key took longer than `lockTimeout`.
 * @example
 * await transaction({ key: `order-${id}` }, async (tx) => {
 *   if (tx.isCommitted()) return;
 *   tx.set("order", id);
 *   await reserve(id);   // reserve has an onRollback hook
 *   await charge(id);
 * });
 */
export function transaction<T>(work: (tx: TransactionView) => T | PromiseLike<T>): Promise<T>;
export function transaction<T>(
  options: TransactionOptions,
  work: (tx: TransactionView) => T | PromiseLike<T>,
): Promise<T>;
export async function transaction(first: unknown, second?: unknown): Promise<unknown> {
  const options = checkOptions(typeof first === "function" ? {} : first);
  const work = typeof first === "function" ? first : second;
  if (typeof work !== "function") throw invalid("work", "a function", work);
  const frame = requireFrame("transaction()");
  const inner = new Transaction(options, frame.transaction);
  const outcome = runTransaction(inner, frame, work as (tx: TransactionView) => unknown);
  // The run's end waits for it, also if the code was abandoned (a timeout).
  frame.session.track(outcome);
  frame.transaction?.waitFor(outcome);
  return outcome;
}

/**
 * The transaction that the calling code is in, or null. A task's body is in none; its caller may be.
 *
 * @example
 * getTransaction()?.set("order", id);
 */
export function getTransaction(): TransactionView | null {
  return currentFrame()?.transaction?.view ?? null;
}

/** What the `onCommit` hook of a task outside any transaction is given. */
export function detachedView(): TransactionView {
  const alone = new Transaction({}, null);
  alone.state = "committed";
  return alone.view;
}

function viewOf(transaction: Transaction): TransactionView {
  return {
    key: transaction.key,
    get state() {
      return transaction.state;
    },
    get: (name) => transaction.get(name),
    set: (name, value) => transaction.set(name, value),
    isCommitted: () => transaction.committedBefore || transaction.state === "committed",
  };
}

function checkOptions(options: unknown): TransactionOptions {
  if (typeof options !== "object" || options === null) throw invalid("options", "an object", options);
  const { key, isolation, commitMode, overwrite } = options as TransactionOptions;
  if (key !== undefined && (typeof key !== "string" || key === "" || key.length > LONGEST_KEY)) {
    throw invalid("key", `text of 1 to ${LONGEST_KEY} characters`, key);
  }
  if (isolation !== undefined) checkIsolation(isolation, "transaction({ isolation })");
  if (isolation === "serializable" && key === undefined)
    throw invalid("key", "given when it is serializable", key);
  if (commitMode !== undefined && !["lazy", "eager", "off"].includes(commitMode)) {
    throw invalid("commitMode", '"lazy", "eager" or "off"', commitMode);
  }
  if (overwrite !== undefined && typeof overwrite !== "boolean")
    throw invalid("overwrite", "true or false", overwrite);
  return options;
}

const LONGEST_KEY = 1900;

function invalid(option: string, expected: string, got: unknown): RefusedError {
  const long = typeof got === "string" && got.length > LONGEST_KEY;
  const shown = long ? `text of ${got.length} characters` : showValue(got);
  return new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `transaction(): \`${option}\` must be ${expected}; got ${shown}.`,
    help: "Call it as transaction({ key, isolation, commitMode, overwrite }, async (tx) => {…}).",
    facts: { option, got: shown },
  });
}

function ended(task: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_TRANSACTION_ENDED",
    message: `Task "${task}" was called in a transaction that has ended.`,
    help: "Await everything that the block begins before it returns.",
    facts: { task },
  });
}
