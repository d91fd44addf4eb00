import type { Control } from "../../client/control.ts";
import { Line, type Ticket, type Waiter } from "./line.ts";

/** How old the list of limited tags may be, ms: a limit that another process makes counts after that. */
const TAGS_READ_EVERY_MS = 1000;
/** How often waiters look for processes that died with slots in their hands, ms. */
const BURY_EVERY_MS = 1000;

/**
 * All waiting of this process on the limits of one store.
 */
export class Desk {
  readonly #control: Control;
  readonly #lines = new Map<string, Line<unknown>>();
  #tags: ReadonlySet<string> = new Set();
  #tagsReadAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<ReadonlySet<string>> | null = null;
  #buriedAt = performance.now();

  constructor(control: Control) {
    this.#control = control;
  }

  /** Waits in the line named `kind`, of those who want the same of the same limits. */
  join<T>(kind: string, names: readonly string[], waiter: Waiter<T>): Ticket<T> {
    for (const [key, line] of this.#lines) if (line.empty && key !== kind) this.#lines.delete(key);
    const known = this.#lines.get(kind);
    const line = known ?? new Line<unknown>(names, () => this.#buryDead());
    if (known === undefined) this.#lines.set(kind, line);
    // A line's key names what is taken in it, so everybody in it takes the same type.
    return (line as unknown as Line<T>).join(waiter);
  }

  /** Wakes whoever waits for one of these limits. */
  released(names: readonly string[]): void {
    for (const line of this.#lines.values()) {
      if (line.names.some((name) => names.includes(name))) line.wake();
    }
  }

  /** A limit was made, changed or deleted in this process. */
  changed(name: string): void {
    this.#tagsReadAt = Number.NEGATIVE_INFINITY;
    this.released([name]);
  }

  /** The tags that have a limit, without their prefix. */
  limitedTags(): ReadonlySet<string> | Promise<ReadonlySet<string>> {
    if (performance.now() - this.#tagsReadAt < TAGS_READ_EVERY_MS) return this.#tags;
    this.#reading ??= this.#readTags().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readTags(): Promise<ReadonlySet<string>> {
    const readAt = performance.now();
    const limits = await this.#control.limits.list();
    const names = limits.map((limit) => limit.name).filter((name) => name.startsWith("tag:"));
    this.#tags = new Set(names.map((name) => name.slice("tag:".length)));
    this.#tagsReadAt = readAt;
    return this.#tags;
  }

  #buryDead(): void {
    const now = performance.now();
    if (now - this.#buriedAt < BURY_EVERY_MS) return;
    this.#buriedAt = now;
    // A failure shows in the waiter's own questions.
    this.#control.buryDead().catch(() => undefined);
  }
}

const desks = new WeakMap<Control, Desk>();

export function deskOf(control: Control): Desk {
  const known = desks.get(control);
  if (known !== undefined) return known;
  const desk = new Desk(control);
  desks.set(control, desk);
  return desk;
}
