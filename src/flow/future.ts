import { RefusedError } from "../core/errors.ts";
import type { JournalEntry } from "../core/run.ts";
import type { StateName, StateType } from "../core/state.ts";
import { showValue } from "../core/value-kind.ts";

/** What a future tells of its task run, at the moment it is asked. */
export interface FutureState {
  readonly type: StateType;
  readonly name: StateName;
  readonly message: string | null;
}

const FUTURE: unique symbol = Symbol.for("segno.future.v1");

/**
 * A task run that was submitted and may not have ended.
 *
 * It can be awaited, and given as an argument (at any depth) to another task, which then starts when
 * it is done. A future that fails and that nobody awaits fails nothing else.
 *
 * @example
 * const future = embed.submit(batch);
 * const vectors = await future;
 */
export class TaskFuture<T> implements PromiseLike<T> {
  readonly [FUTURE] = true;
  readonly #outcome: Promise<T>;
  #entry: JournalEntry | null = null;
  #settled: "pending" | "ok" | "failed" = "pending";

  /** @internal Futures are made by `.submit()` and `.map()`. */
  constructor(start: (onEntry: (entry: JournalEntry) => void) => Promise<T>) {
    this.#outcome = start((entry) => {
      this.#entry = entry;
    });
    this.#outcome.then(
      () => (this.#settled = "ok"),
      () => (this.#settled = "failed"),
    );
  }

  /** The task run's id; null until its entry is known (a moment after the submit). */
  get taskRunId(): string | null {
    return this.#entry?.id ?? null;
  }

  get state(): FutureState {
    const entry = this.#entry;
    if (entry === null) return { type: "PENDING", name: "Pending", message: null };
    return { type: entry.stateType, name: entry.stateName, message: entry.stateMessage };
  }

  /** Whether the outcome was given. */
  get done(): boolean {
    return this.#settled !== "pending";
  }

  /** The value, or the task's error thrown. */
  result(): Promise<T>;
  result(options: { raiseOnFailure: false }): Promise<T | Error>;
  result(options?: { raiseOnFailure?: boolean }): Promise<T | Error> {
    if (options?.raiseOnFailure !== false) return this.#outcome;
    return this.#outcome.catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
  }

  /** Waits for the end, whatever it is; never throws the task's error. */
  async wait(): Promise<FutureState> {
    await this.#outcome.then(
      () => undefined,
      () => undefined,
    );
    return this.state;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a future stands where its value can.
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#outcome.then(onValue, onError);
  }
}

/**
 * The futures of a `.map()`, in the order of the items. Awaited, it is the array of their values.
 *
 * It is an array, but not by its type: an array that can be awaited would have `Promise.all` take it
 * for a tuple.
 *
 * @example
 * const docs = await load.map(paths);
 */
export interface FutureList<T>
  extends PromiseLike<T[]>, Pick<readonly TaskFuture<T>[], "length" | "at" | "entries" | "slice" | "concat"> {
  readonly [index: number]: TaskFuture<T>;
  [Symbol.iterator](): ArrayIterator<TaskFuture<T>>;
  map<U>(change: (future: TaskFuture<T>, index: number) => U): U[];
  filter(keep: (future: TaskFuture<T>, index: number) => boolean): TaskFuture<T>[];
  forEach(visit: (future: TaskFuture<T>, index: number) => void): void;
  /** Every value; throws the first failure once all have ended. */
  result(): Promise<T[]>;
  /** Waits until all have ended; never throws a task's error. */
  wait(): Promise<void>;
}

/** Makes the list of a `.map()`. */
export function futureList<T>(futures: Iterable<TaskFuture<T>>): FutureList<T> {
  return FutureArray.from(futures) as FutureArray<T>;
}

class FutureArray<T> extends Array<TaskFuture<T>> implements FutureList<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  async result(): Promise<T[]> {
    const outcomes = await Promise.allSettled(this.map((future) => future.result()));
    return outcomes.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason as unknown;
      return outcome.value;
    });
  }

  async wait(): Promise<void> {
    await Promise.allSettled(this.map((future) => future.result()));
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a list of futures stands where its values can.
  then<A = T[], B = never>(
    onValue?: ((value: T[]) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onValue, onError);
  }
}

/**
 * Whether a value is a future of a task run, also one of another copy of this package.
 *
 * @example
 * const text = isFuture(loaded) ? await loaded : loaded;
 */
export function isFuture(value: unknown): value is TaskFuture<unknown> {
  return typeof value === "object" && value !== null && FUTURE in value;
}

/**
 * Waits until all have ended; answers those that completed and those that did not.
 *
 * @example
 * const { done, failed } = await wait(futures);
 */
export async function wait<T>(
  futures: Iterable<TaskFuture<T>>,
): Promise<{ readonly done: TaskFuture<T>[]; readonly failed: TaskFuture<T>[] }> {
  const all = futuresOf("wait()", futures);
  const states = await Promise.all(all.map((future) => future.wait()));
  const completed = (_: unknown, index: number) => states[index]?.type === "COMPLETED";
  return { done: all.filter(completed), failed: all.filter((f, i) => !completed(f, i)) };
}

/** A task run that has ended. It cannot be awaited itself: `for await` would take it for its value. */
export interface EndedTask<T> {
  /** The place of its future among those that were given. */
  readonly index: number;
  readonly taskRunId: string | null;
  readonly state: FutureState;
  /** The value, or the task's error thrown. */
  result(): Promise<T>;
}

/**
 * Gives task runs in the order in which they end. The order is part of the journal.
 *
 * @example
 * for await (const ended of asCompleted(futures)) console.log(ended.index, await ended.result());
 */
export function asCompleted<T>(
  futures: Iterable<TaskFuture<T>>,
): AsyncIterableIterator<EndedTask<T>, undefined> {
  return new Completions(futuresOf("asCompleted()", futures));
}

class Completions<T> implements AsyncIterableIterator<EndedTask<T>, undefined> {
  readonly #ended: EndedTask<T>[] = [];
  #left = 0;
  #wake: (() => void) | null = null;

  constructor(futures: readonly TaskFuture<T>[]) {
    for (const future of futures) {
      const index = this.#left++;
      void future.wait().then((state) => {
        const { taskRunId } = future;
        this.#ended.push({ index, taskRunId, state, result: () => future.result() });
        this.#wake?.();
      });
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<EndedTask<T>, undefined>> {
    if (this.#left === 0) return { done: true, value: undefined };
    while (this.#ended.length === 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#left--;
    const value = this.#ended.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  }
}

/** @throws RefusedError unless it is a list of futures. */
function futuresOf<T>(what: string, given: Iterable<TaskFuture<T>>): readonly TaskFuture<T>[] {
  const iterable = typeof given === "object" && given !== null && Symbol.iterator in given;
  const all = iterable ? [...given] : null;
  const odd = all?.find((one) => !isFuture(one));
  if (all !== null && odd === undefined && all.every((one) => isFuture(one))) return all;
  throw new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `${what} takes futures, in an array or a FutureList; got ${all === null ? "" : "among them "}${showValue(all === null ? given : odd)}.`,
    help: "Give what .submit() or .map() answered.",
    facts: { what },
  });
}

/** What `waitFor` names, as a flat list of futures. */
export function awaitedFutures(
  given: readonly (TaskFuture<unknown> | Iterable<TaskFuture<unknown>>)[] | undefined,
): readonly TaskFuture<unknown>[] {
  return (given ?? []).flatMap((one) => (isFuture(one) ? [one] : [...one]));
}
