/**
 * Gives outcomes to a body's code one at a time, in an order that a replay repeats.
 *
 * Which call a body makes next can depend on which outcome reached it first; so the order in which
 * outcomes are given is part of the journal (`done`), and between two of them the code runs until
 * it has nothing left to do. A turn of the event loop is what separates them: it alone drains all
 * microtasks, however deep the user's own async functions are nested. Live and replayed executions
 * go through here alike; that is why they agree.
 *
 * Two orders:
 *
 * - *strict*, for the replay of a flow's first attempt: each number in its turn, and none is left out.
 * - *free*, where what failed runs again (a flow's later attempts, the body of a task): of the
 *   outcomes that the code has asked for, the lowest number. Numbers may be missing, since a call
 *   that failed is made anew and gets a later one; but what an earlier attempt finished comes in its
 *   old order and before anything new, so branches that share names of tasks find their own again.
 */
export class Deliveries {
  readonly #strict: boolean;
  /** Strict: the number that is given next. Free: no outcome that waits has a lower one. */
  #next = 0;
  /** The highest number that was given. */
  #last = -1;
  /** By number; null while its value is being made. */
  readonly #waiting = new Map<number, (() => void) | null>();
  readonly #turns = new Map<number, () => void>();
  /** Who waits until all outcomes below a number were given. */
  #followers: { readonly done: number; resolve(): void }[] = [];
  /** Calls whose record is still being looked for; it may be the lowest. */
  #searches = 0;
  #resting = false;
  readonly #onStep: () => void;

  /** @param onStep called after each delivery, and when one is missing. */
  constructor(order: "strict" | "free", onStep: () => void = () => undefined) {
    this.#strict = order === "strict";
    this.#onStep = onStep;
  }

  /** Strict: the number of the outcome that is given next. */
  get next(): number {
    return this.#next;
  }

  /** The highest number that was given; -1 before the first. */
  get last(): number {
    return this.#last;
  }

  /** True when outcomes wait for one that nobody asked for. */
  get blocked(): boolean {
    return this.#waiting.size > 0 && !this.#waiting.has(this.#next);
  }

  /** Holds deliveries back until it is known what is on record of a call. */
  search<T>(looking: Promise<T>): Promise<T> {
    this.#searches++;
    const found = () => {
      this.#searches--;
      this.#rest();
    };
    looking.then(found, found);
    return looking;
  }

  /** An outcome was asked for; its value is made first, and {@link add}ed then. */
  expect(done: number): void {
    this.#wait(done, null);
  }

  /** Resolves when an expected outcome is the one to give: for a value that must not be made earlier. */
  turn(done: number): Promise<void> {
    this.#rest();
    return new Promise((resolve) => this.#turns.set(done, resolve));
  }

  /** Resolves when every outcome with a lower number was given: for what a replay must not be ahead of. */
  past(done: number): Promise<void> {
    if (this.#last + 1 >= done) return Promise.resolve();
    return new Promise((resolve) => this.#followers.push({ done, resolve }));
  }

  /** Queues an outcome; `give` resolves the promise that the code holds. */
  add(done: number, give: () => void): void {
    this.#wait(done, give);
    this.#rest();
  }

  /** An outcome just made durable: the code is at rest, so it may be given without a turn. */
  addAtRest(done: number, give: () => void): void {
    const first = this.#strict ? done === this.#next : this.#waiting.size === 0 && this.#searches === 0;
    if (this.#resting || !first) {
      this.add(done, give);
      return;
    }
    this.#give(done, give);
    // The next one must wait a turn, even if it is not here yet.
    this.#rest();
  }

  #wait(done: number, give: (() => void) | null): void {
    if (!this.#strict) this.#next = this.#waiting.size === 0 ? done : Math.min(this.#next, done);
    this.#waiting.set(done, give);
  }

  #give(done: number, give: () => void): void {
    this.#next = done + 1;
    this.#last = Math.max(this.#last, done);
    give();
    if (this.#followers.length > 0) this.#tellFollowers();
  }

  #tellFollowers(): void {
    const followers = this.#followers;
    this.#followers = [];
    for (const follower of followers) void this.past(follower.done).then(() => follower.resolve());
  }

  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    setImmediate(this.#turn);
  }

  /** The number whose turn it is, if it is known. */
  #candidate(): number | null {
    if (this.#strict) return this.#next;
    if (this.#searches > 0 || this.#waiting.size === 0) return null;
    while (!this.#waiting.has(this.#next)) this.#next++;
    return this.#next;
  }

  readonly #turn = (): void => {
    this.#resting = false;
    const done = this.#candidate();
    const give = done === null ? undefined : this.#waiting.get(done);
    if (done !== null && give) {
      this.#waiting.delete(done);
      this.#resting = true;
      this.#give(done, give);
      setImmediate(this.#turn);
    } else if (done !== null) {
      this.#turns.get(done)?.();
      this.#turns.delete(done);
    }
    this.#onStep();
  };
}
