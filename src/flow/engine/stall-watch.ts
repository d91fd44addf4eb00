import type { Deliveries } from "./deliveries.ts";

/**
 * Notices a replay in which outcomes wait for a recorded one that the code never asks for: after a
 * while, that is a divergence. The clock starts anew with each outcome given, since in a long replay
 * something always waits.
 */
export class StallWatch {
  readonly #deliveries: Deliveries;
  readonly #recorded: number;
  readonly #timeout: number;
  readonly #onStall: (next: number) => void;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param recorded outcomes with a lower number are on record.
   * @param timeout ms.
   */
  constructor(deliveries: Deliveries, recorded: number, timeout: number, onStall: (next: number) => void) {
    this.#deliveries = deliveries;
    this.#recorded = recorded;
    this.#timeout = timeout;
    this.#onStall = onStall;
  }

  /** Called after each delivery, and when one is missing. */
  look(): void {
    if (this.#timer !== null || !this.#stuck()) return;
    const { next } = this.#deliveries;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#stuck() && this.#deliveries.next === next) this.#onStall(next);
      else this.look();
    }, this.#timeout);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #stuck(): boolean {
    return this.#deliveries.next < this.#recorded && this.#deliveries.blocked;
  }
}
