import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { type Database, writeTransaction } from "./driver.ts";
import { isBusy, storeClosed, storeError } from "./store-errors.ts";

/** Tries that cost a turn of the loop each, before waiting by the clock: most locks last 0.2 ms. */
const SPINS = 50;

export interface PatienceOptions {
  /** For messages. */
  readonly location: string;
  /** How long to try, in ms, before it is an error. */
  readonly budget: number;
}

/**
 * Runs short transactions of one connection while other processes hold the write lock now and then.
 *
 * SQLite's own wait blocks the thread, and with it every run, timer and heartbeat of the process.
 * So here a try never waits: it fails at once, and the loop turns until the next one. The
 * connection's own wait stands again in between, for whatever reads without patience.
 */
export class Patience {
  readonly #db: Database;
  readonly #location: string;
  readonly #budget: number;
  /** Null when the connection never waits by itself. */
  readonly #resting: string | null;

  constructor(db: Database, { location, budget }: PatienceOptions) {
    this.#db = db;
    this.#location = location;
    this.#budget = budget;
    const { timeout } = db.prepare("pragma busy_timeout").get() as { timeout: number };
    this.#resting = timeout === 0 ? null : `pragma busy_timeout = ${timeout}`;
  }

  /**
   * Work that begins and ends its own transaction, and may be tried again from its start.
   *
   * @param onWait called once, before the first wait: what the work reads may change from then on.
   */
  async run<T>(work: () => T, onWait?: () => void): Promise<T> {
    let deadline = 0;
    for (let tries = 0; ; tries++) {
      const tried = this.#try(work);
      if ("value" in tried) return tried.value;
      if (tries === 0) onWait?.();
      deadline ||= performance.now() + this.#budget;
      if (performance.now() > deadline) throw storeError(tried.busy, this.#location);
      if (tries < SPINS) await nextTurn();
      else await delay(1 + Math.random() * 9);
    }
  }

  /** {@link writeTransaction}, patiently. */
  write<T>(work: () => T): Promise<T> {
    return this.run(() => writeTransaction(this.#db, work));
  }

  /** The same as {@link run}, blocking the thread. */
  runBlocking<T>(work: () => T): T {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const deadline = performance.now() + this.#budget;
    for (;;) {
      const tried = this.#try(work);
      if ("value" in tried) return tried.value;
      if (performance.now() > deadline) throw storeError(tried.busy, this.#location);
      Atomics.wait(cell, 0, 0, 1 + Math.random() * 4);
    }
  }

  #try<T>(work: () => T): { readonly value: T } | { readonly busy: unknown } {
    if (!this.#db.isOpen) throw storeClosed(this.#location);
    // Not as a prepared statement: this pragma does its work when it is compiled. It costs 0.5 µs.
    if (this.#resting !== null) this.#db.exec("pragma busy_timeout = 0");
    try {
      return { value: work() };
    } catch (error) {
      if (isBusy(error)) return { busy: error };
      throw storeError(error, this.#location);
    } finally {
      if (this.#resting !== null && this.#db.isOpen) this.#db.exec(this.#resting);
    }
  }
}
