/**
 * Gives outcomes to a flow's code one at a time, in the recorded order.
 *
 * Which call a body makes next can depend on which outcome reached it first; so the order in which
 * outcomes are given is part of the journal (`done`), and between two of them the code runs until
 * it has nothing left to do. A turn of the event loop is what separates them: it alone drains all
 * microtasks, however deep the user's own async functions are nested. Live and replayed executions
 * go through here alike; that is why they agree.
 */
export class Deliveries {
  #next: number;
  #waiting = new Map<number, () => void>();
  readonly #turns = new Map<number, () => void>();
  #resting = false;
  readonly #onStep: () => void;

  /** @param onStep called after each delivery, and when one is missing. */
  constructor(next: number, onStep: () => void) {
    this.#next = next;
    this.#onStep = onStep;
  }

  /** The number of the outcome that is given next. */
  get next(): number {
    return this.#next;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** True when outcomes wait for one that has not come. */
  get blocked(): boolean {
    return this.#waiting.size > 0 && !this.#waiting.has(this.#next);
  }

  /** Resolves when every outcome before this one was given. */
  turn(done: number): Promise<void> {
    if (done <= this.#next) return Promise.resolve();
    return new Promise((resolve) => this.#turns.set(done, resolve));
  }

  /** Queues an outcome; `give` resolves the promise that the code holds. */
  add(done: number, give: () => void): void {
    this.#waiting.set(done, give);
    this.#rest();
  }

  /** An outcome just made durable: the code is at rest, so it may be given without a turn. */
  addAtRest(done: number, give: () => void): void {
    if (this.#resting || done !== this.#next) {
      this.add(done, give);
      return;
    }
    this.#give(give);
    // The next one must wait a turn, even if it is not here yet.
    this.#rest();
  }

  #give(give: () => void): void {
    this.#next++;
    give();
    const turn = this.#turns.get(this.#next);
    this.#turns.delete(this.#next);
    turn?.();
  }

  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    this.#resting = false;
    const give = this.#waiting.get(this.#next);
    if (give !== undefined) {
      this.#waiting.delete(this.#next);
      this.#resting = true;
      this.#give(give);
      setImmediate(this.#turn);
    }
    this.#onStep();
  };
}
