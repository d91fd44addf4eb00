/**
 * Waiters of this process that want the same slots of the same limits, first come first served.
 *
 * Only the head of the line asks the store, so a thousand waiters cost as many questions as one. It
 * asks at once, then after 10 ms, 20, … 250 (other processes cannot tell when they release), and at
 * once again whenever something was released in this process.
 *
 *     join ──→ [waiting] ──→ head: ask ──→ taken ──→ the next one asks
 *                 │            ↑    └─ full: sleep, or until woken ─┐
 *                 │            └────────────────────────────────────┘
 *                 └── abort or timeout: out of the line
 */
export type Answer<T> =
  | { readonly taken: true; readonly value: T }
  /** `retryAfter`: ms after which it is worth asking again, if the store knows. */
  | { readonly taken: false; readonly blockedBy: string; readonly retryAfter?: number | undefined };

export interface Waiter<T> {
  /** A throw ends this wait, not the line. */
  ask(): Promise<Answer<T>>;
  /** Called once, when it is known that there is a wait. */
  onWait(blockedBy: string): void;
  /** What was taken came too late: the waiter is gone. */
  giveBack(value: T): void;
}

const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 250;

interface Place<T> extends Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  told: boolean;
  left: boolean;
}

/** A place in a line. */
export interface Ticket<T> {
  readonly taken: Promise<T>;
  /** Ends the wait with an error; does nothing once it has ended. */
  readonly leave: (error: unknown) => void;
}

export class Line<T> {
  /** The limits whose releases concern this line. */
  readonly names: readonly string[];
  readonly #places: Place<T>[] = [];
  readonly #onRefused: () => void;
  #serving = false;
  /** Set while the head is refused. */
  #blockedBy: string | null = null;
  #wakes = 0;
  #wakeUp: (() => void) | null = null;

  /** @param onRefused called at every refusal, so that somebody may look for the dead. */
  constructor(names: readonly string[], onRefused: () => void) {
    this.names = names;
    this.#onRefused = onRefused;
  }

  get empty(): boolean {
    return this.#places.length === 0;
  }

  get blockedBy(): string | null {
    return this.#blockedBy;
  }

  join(waiter: Waiter<T>): Ticket<T> {
    let place: Place<T> | undefined;
    const taken = new Promise<T>((resolve, reject) => {
      place = {
        ask: () => waiter.ask(),
        onWait: (blockedBy) => waiter.onWait(blockedBy),
        giveBack: (value) => waiter.giveBack(value),
        resolve,
        reject,
        told: false,
        left: false,
      };
      this.#places.push(place);
      if (this.#blockedBy !== null) this.#tell(place, this.#blockedBy);
    });
    void this.#serve();
    return {
      taken,
      leave: (error) => {
        if (place !== undefined) this.#leave(place, error);
      },
    };
  }

  /** Something was released: the head asks again now. */
  wake(): void {
    this.#wakes++;
    this.#wakeUp?.();
  }

  #leave(place: Place<T>, error: unknown): void {
    if (place.left) return;
    place.left = true;
    const index = this.#places.indexOf(place);
    if (index !== -1) this.#places.splice(index, 1);
    place.reject(error);
    if (index === 0) this.wake();
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    let sleep = FIRST_LOOK_MS;
    for (let head = this.#places[0]; head !== undefined; head = this.#places[0]) {
      const wakes = this.#wakes;
      const answer = await this.#ask(head);
      if (answer === null || answer.taken) {
        sleep = FIRST_LOOK_MS;
        continue;
      }
      this.#blockedBy = answer.blockedBy;
      for (const place of this.#places) this.#tell(place, answer.blockedBy);
      this.#onRefused();
      if (this.#wakes !== wakes) continue;
      const woken = await this.#sleep(
        answer.retryAfter === undefined ? sleep : Math.min(answer.retryAfter, LAST_LOOK_MS),
      );
      sleep = woken ? FIRST_LOOK_MS : Math.min(sleep * 2, LAST_LOOK_MS);
    }
    this.#blockedBy = null;
    this.#serving = false;
  }

  /** Null when asking failed: that waiter is told, and the line goes on. */
  async #ask(head: Place<T>): Promise<Answer<T> | null> {
    let answer: Answer<T>;
    try {
      answer = await head.ask();
    } catch (error) {
      this.#leave(head, error);
      return null;
    }
    if (!answer.taken) return answer;
    this.#blockedBy = null;
    if (head.left) {
      head.giveBack(answer.value);
      return answer;
    }
    head.left = true;
    this.#places.shift();
    head.resolve(answer.value);
    return answer;
  }

  #tell(place: Place<T>, blockedBy: string): void {
    if (place.told) return;
    place.told = true;
    place.onWait(blockedBy);
  }

  /** True when woken before the time. */
  #sleep(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => wake(false), ms);
      const wake = (woken: boolean) => {
        clearTimeout(timer);
        this.#wakeUp = null;
        resolve(woken);
      };
      this.#wakeUp = () => wake(true);
    });
  }
}
