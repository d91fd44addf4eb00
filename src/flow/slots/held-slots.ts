import type { Control } from "../../client/control.ts";
import { nowMicros } from "../../client/time.ts";
import { onAbort } from "../abort-listeners.ts";
import { deskOf } from "./desk.ts";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 64_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Slots in the hands of this process, until they are released; a lease in the store, which is renewed
 * as long as they are held and ends by itself if the process dies.
 */
export class HeldSlots {
  readonly #control: Control;
  readonly #names: readonly string[];
  readonly #leaseId: string | null;
  readonly #leaseMs: number;
  readonly #letGo: () => void;
  readonly #onLost: () => void;
  readonly #renewal: NodeJS.Timeout | null;
  #forgetSignal: (() => void) | null = null;
  #released: Promise<void> | null = null;

  constructor(init: {
    readonly control: Control;
    readonly names: readonly string[];
    /** Null: none of the names is a limit, so there is nothing to give back. */
    readonly leaseId: string | null;
    readonly leaseMs: number;
    /** Gives the slots back when it aborts: whoever holds them may not have been told that it does. */
    readonly signal: AbortSignal | null;
    /** Called once the slots are back. */
    readonly letGo: () => void;
    /** Called when the lease had ended although it was renewed: somebody else may have the slots. */
    readonly onLost: () => void;
  }) {
    this.#control = init.control;
    this.#names = init.names;
    this.#leaseId = init.leaseId;
    this.#leaseMs = init.leaseMs;
    this.#letGo = init.letGo;
    this.#onLost = init.onLost;
    const every = Math.min(init.leaseMs / 3, LONGEST_TIMER_MS);
    this.#renewal = init.leaseId === null ? null : setInterval(() => void this.#renew(), every).unref();
    if (init.signal !== null) this.#forgetSignal = onAbort(init.signal, () => void this.release());
  }

  /** Gives the slots back and wakes who waits for them here; never throws, and may be called again. */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    if (this.#renewal !== null) clearInterval(this.#renewal);
    this.#forgetSignal?.();
    if (this.#leaseId !== null) await this.#giveBack(this.#leaseId, FIRST_RETRY_MS);
    this.#letGo();
  }

  /** A store that is busy or gone must not fail the work that is done; the slots come back later. */
  async #giveBack(leaseId: string, retryMs: number): Promise<void> {
    try {
      await this.#control.limits.release(leaseId, nowMicros());
      deskOf(this.#control).released(this.#names);
    } catch {
      // After two minutes the store is gone for good, and with it the beats that keep the lease.
      if (retryMs > LAST_RETRY_MS) return;
      setTimeout(() => void this.#giveBack(leaseId, retryMs * 2), retryMs).unref();
    }
  }

  async #renew(): Promise<void> {
    if (this.#leaseId === null || this.#released !== null) return;
    try {
      const now = nowMicros();
      if (await this.#control.limits.renew(this.#leaseId, now, now + this.#leaseMs * 1000)) return;
    } catch {
      // A renewal that fails is followed by another, twice before the lease ends.
      return;
    }
    if (this.#released !== null) return;
    if (this.#renewal !== null) clearInterval(this.#renewal);
    this.#onLost();
  }
}
