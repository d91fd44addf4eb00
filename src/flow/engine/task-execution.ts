import { nowMicros } from "../../client/time.ts";
import { errorMessage } from "../../core/recorded-error.ts";
import { CancelledError, RefusedError, StoppedError, TimedOutError } from "../../core/errors.ts";
import { formatDuration } from "../../core/duration.ts";
import type { JournalEntry, StoredValue } from "../../core/run.ts";
import { isNonRetryable, retryAfterMs, retryDelayMs } from "../../core/retry.ts";
import { crashPoint } from "../../store/crash-point.ts";
import type { JournalOp } from "../../store/store.ts";
import { pendingArguments } from "../arguments.ts";
import { awaitedFutures } from "../future.ts";
import { type CacheAttempt, consultCache } from "../caching/consult.ts";
import type { Frame } from "../context.ts";
import { runCommitHooks, runTaskHooks } from "../hooks.ts";
import { engineLog } from "../logging/log.ts";
import { noteOrigin, originsOf } from "../origins.ts";
import { type TagSlots, takeTagSlots } from "../tag-limits.ts";
import type { TaskDefinition } from "../task-definition.ts";
import { taskRunName } from "../run-names.ts";
import { attempt } from "./attempt.ts";
import type { AttemptClock } from "./attempt-clock.ts";
import { type LiveCall, NOT_KEPT, type Outcome } from "./call.ts";
import { mark } from "./entry.ts";
import { TaskBody } from "./task-body.ts";
import { storeResult } from "./store-result.ts";
import { pause, unlessAborted, withinGrace } from "./wait.ts";

/**
 * One task run, from its call to its outcome: arguments, cache, slots, attempts, result.
 *
 * What needs no waiting is not awaited: a small task without options goes through in one turn, so
 * that its start and its end reach the journal as one row.
 */
export class TaskExecution {
  readonly #definition: TaskDefinition;
  readonly #args: readonly unknown[];
  readonly #frame: Frame;
  readonly #live: LiveCall;
  readonly #entry: JournalEntry;
  readonly #body: TaskBody;

  constructor(definition: TaskDefinition, args: readonly unknown[], frame: Frame, live: LiveCall) {
    this.#definition = definition;
    this.#args = args;
    this.#frame = frame;
    this.#live = live;
    this.#entry = live.entry;
    this.#body = new TaskBody(definition, frame, live);
  }

  async run(): Promise<Outcome> {
    let slots: TagSlots | null = null;
    let cache: CacheAttempt | null = null;
    try {
      const { session } = this.#frame;
      const room = session.control.ready();
      if (room !== null) await room;
      if (this.#live.resumed) await this.#waitForRetry();
      const args = this.#needsArguments() ? await this.#arguments() : this.#args;
      this.#entry.name = taskRunName(this.#definition, args) ?? this.#entry.name;
      const consulting = consultCache(this.#definition, args, this.#frame, this.#entry);
      if (consulting !== null) cache = await consulting;
      if (cache !== null && cache.hit !== null) return this.#cached(cache);
      if (this.#entry.tags.length > 0) slots = await takeTagSlots(this.#frame, this.#entry, this.#live);
      return await this.#attempts(args, cache);
    } catch (error) {
      if (cache !== null) await cache.abandon();
      return this.#failed(error);
    } finally {
      if (slots !== null) await slots.release();
    }
  }

  /** A run that crashed while it waited for a retry waits for what was left of it. */
  async #waitForRetry(): Promise<void> {
    const due = this.#entry.expectedStartAt;
    if (this.#entry.stateName !== "AwaitingRetry" || due === null) return;
    await pause((due - nowMicros()) / 1000, this.#frame.session);
  }

  #needsArguments(): boolean {
    if (this.#definition.options.waitFor !== undefined) return true;
    return this.#args.some((arg) => typeof arg === "object" && arg !== null);
  }

  /** Futures become their values; the task starts when the last of them is there. */
  async #arguments(): Promise<readonly unknown[]> {
    const { session } = this.#frame;
    const pending = pendingArguments(this.#args);
    const others = awaitedFutures(this.#definition.options.waitFor);
    this.#entry.inputs = originsOf(this.#args, pending, others);
    if (pending === null && others.length === 0) return this.#args;
    try {
      const waited = Promise.all(others.map((future) => future.result()));
      const [args] = await unlessAborted(Promise.all([pending?.resolve() ?? this.#args, waited]), session);
      return args;
    } catch (error) {
      if (session.signal.aborted) throw error;
      throw new UpstreamFailure(error);
    }
  }

  async #attempts(args: readonly unknown[], cache: CacheAttempt | null): Promise<Outcome> {
    const entry = this.#entry;
    let retriesUsed = this.#live.resumed ? retriesRecorded(entry) : 0;
    const { session, signal: outer } = this.#frame;
    const { timeout } = this.#definition;
    const what = `Task "${entry.name}"`;
    const body = (signal: AbortSignal, clock: AttemptClock) => this.#body.invoke(args, signal, clock);
    for (;;) {
      try {
        const answer = attempt({ session, outer, what, timeout, body });
        const value: unknown = answer instanceof Promise ? await answer : answer;
        const calls = this.#body.settled();
        if (calls !== null) await unlessAborted(calls, session);
        const completed = this.#completed(value, cache);
        return completed instanceof Promise ? await completed : completed;
      } catch (error) {
        const calls = this.#body.settled();
        if (calls !== null) await withinGrace(calls);
        if (session.signal.aborted || outer.aborted || !(await this.#retriable(error, retriesUsed)))
          throw error;
        retriesUsed++;
        await this.#awaitRetry(error, retriesUsed);
      }
    }
  }

  #completed(value: unknown, cache: CacheAttempt | null): Outcome | Promise<Outcome> {
    crashPoint("task.returned");
    const stored = this.#store(value);
    if (stored instanceof Promise) return stored.then((one) => this.#kept(value, one, cache));
    return this.#kept(value, stored, cache);
  }

  #kept(value: unknown, stored: StoredValue | null, cache: CacheAttempt | null): Outcome {
    const { options } = this.#definition;
    if (stored?.kind === "ref") crashPoint("result.written");
    noteOrigin(value, this.#entry.id);
    const transaction = this.#frame.transaction;
    const ops: JournalOp[] = [];
    if (cache !== null && stored !== null) {
      const row = cache.row(stored, this.#entry);
      // In a transaction the row is written at its commit.
      if (transaction === null) ops.push({ op: "cache", row });
    }
    const definition = this.#definition;
    const hooked =
      options.onCompletion !== undefined || (transaction === null && options.onCommit !== undefined);
    const after =
      hooked || cache !== null
        ? async () => {
            await cache?.finish();
            await runTaskHooks("onCompletion", definition, this.#frame, this.#entry);
            if (transaction === null) await runCommitHooks(definition, this.#frame, this.#entry, value);
          }
        : undefined;
    return { ok: true, value, stored, ops, after, ...(stored === null ? { message: NOT_KEPT } : {}) };
  }

  #store(value: unknown): StoredValue | null | Promise<StoredValue> {
    const { name, options } = this.#definition;
    return storeResult(value, `the result of task "${name}"`, options, this.#frame.session.control.results);
  }

  #cached(cache: CacheAttempt): Outcome {
    const { hit } = cache;
    if (hit === null) throw new Error("unreachable: a cached outcome needs a hit");
    noteOrigin(hit.value, this.#entry.id);
    return { ok: true, value: hit.value, stored: hit.stored, stateName: "Cached" };
  }

  async #retriable(error: unknown, retriesUsed: number): Promise<boolean> {
    const { options, retries } = this.#definition;
    const allowed = retries ?? this.#frame.session.control.settings.tasks.defaultRetries;
    if (retriesUsed >= allowed || isNonRetryable(error)) return false;
    if (error instanceof RefusedError || error instanceof StoppedError || error instanceof CancelledError)
      return false;
    if (options.retryIf === undefined) return true;
    return options.retryIf(error, retriesUsed + 1);
  }

  async #awaitRetry(error: unknown, retry: number): Promise<void> {
    const { options } = this.#definition;
    const { session } = this.#frame;
    const own = options.retryDelay ?? session.control.settings.tasks.defaultRetryDelay;
    const wanted = retryDelayMs(own, retry, Math.random(), error, options.retryJitterFactor);
    // A server that names a time knows better; but a longer delay of the user's own stands.
    const delay = Math.max(wanted, retryAfterMs(error, Date.now()) ?? 0);
    const entry = this.#entry;
    mark(entry, "SCHEDULED", "AwaitingRetry", errorMessage(error));
    entry.expectedStartAt = entry.stateAt + Math.round(delay * 1000);
    this.#live.post();
    crashPoint("task.awaiting-retry");
    const again = delay === 0 ? "now" : `in ${formatDuration(delay)}`;
    engineLog(
      this.#frame,
      30,
      `Task "${entry.name}" failed (${errorMessage(error)}); retry ${retry} ${again}`,
    );
    await pause(delay, session);
  }

  #failed(error: unknown): Outcome {
    const { session } = this.#frame;
    const definition = this.#definition;
    const after =
      definition.options.onFailure === undefined
        ? undefined
        : () => runTaskHooks("onFailure", definition, this.#frame, this.#entry, error);
    if (session.cancelled !== null) return { ok: false, error: session.cancelled, stateType: "CANCELLED" };
    if (error instanceof UpstreamFailure) {
      return { ok: false, error: error.cause, stateType: "FAILED", stateName: "NotReady", after };
    }
    const stateName = error instanceof TimedOutError ? "TimedOut" : "Failed";
    return { ok: false, error, stateType: "FAILED", stateName, after };
  }
}

/** An argument's own task failed: this one never ran, and its error is the other's. */
class UpstreamFailure extends Error {
  constructor(cause: unknown) {
    super("upstream failed", { cause });
  }
}

/** The retries that this entry used since it last failed for good, from its history. */
function retriesRecorded(entry: JournalEntry): number {
  const names = entry.states.map((stamp) => stamp[1]);
  const sinceFailure = names.slice(names.findLastIndex((_, i) => entry.states[i]?.[0] === "FAILED") + 1);
  return sinceFailure.filter((name) => name === "AwaitingRetry").length;
}
