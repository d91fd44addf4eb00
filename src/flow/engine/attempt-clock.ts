/** setTimeout's own limit, ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * The time that an attempt has taken of its timeout. It runs from when the user's code begins, and
 * stands still while that code waits for a slot of a limit: a queue is not the task's own slowness.
 */
export class AttemptClock {
  /** ms; undefined for no timeout. */
  #left: number | undefined;
  #since = 0;
  #begun = false;
  /** Waits that are going on; the clock runs when there are none. */
  #pauses = 0;
  #timer: NodeJS.Timeout | undefined;
  #onEnd: (() => void) | null = null;

  /** @param timeout ms; undefined for none. */
  constructor(timeout: number | undefined) {
    this.#left = timeout;
  }

  /** Says what happens at the end; until then nothing does. */
  watch(onEnd: () => void): void {
    this.#onEnd = onEnd;
    this.#run();
  }

  begin(): void {
    this.#begun = true;
    this.#run();
  }

  pause(): void {
    if (this.#pauses++ > 0 || this.#timer === undefined || this.#left === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since));
  }

  resume(): void {
    this.#pauses--;
    this.#run();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onEnd = null;
  }

  #run(): void {
    if (this.#onEnd === null || this.#left === undefined || this.#timer !== undefined) return;
    if (!this.#begun || this.#pauses > 0) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#fired(), Math.min(this.#left, LONGEST));
  }

  #fired(): void {
    this.#timer = undefined;
    this.#left = Math.max(0, (this.#left ?? 0) - (performance.now() - this.#since));
    // A timer may come a fraction of a millisecond early, and a long one in several parts.
    if (this.#left > 1) this.#run();
    else this.#onEnd?.();
  }
}
