import { RefusedError } from "../../core/errors.ts";
import { showValue } from "../../core/value-kind.ts";
import type { TaskJob, TaskRunner } from "./task-runner.ts";

/** Runs bodies as they come, in this process. */
export const inline: TaskRunner = { name: "in-process", run: (job) => job.invoke() };

/**
 * Runs at most `limit` bodies at once, in this process; the others wait in the order of their calls.
 * A task called by a task runs under its caller's slot, so that nesting cannot lock up.
 *
 * @example
 * flow({ name: "crawl", taskRunner: concurrent({ limit: 8 }) }, crawl);
 */
export function concurrent(options: { readonly limit: number }): TaskRunner {
  const limit: unknown = (options as { readonly limit?: unknown } | undefined)?.limit;
  if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 1) {
    throw new RefusedError({
      code: "SEGNO_INVALID_OPTION",
      message: `concurrent({ limit }) takes a whole number of at least 1; got ${showValue(limit)}.`,
      help: "Write concurrent({ limit: 8 }).",
      facts: { option: "limit", value: limit },
    });
  }
  return new ConcurrentRunner(limit);
}

class ConcurrentRunner implements TaskRunner {
  readonly name = "concurrent";
  readonly #limit: number;
  #running = 0;
  // A queue by index: shifting a long array costs its length.
  #queue: (() => void)[] = [];
  #head = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run(job: TaskJob): Promise<unknown> {
    if (job.nested) return job.invoke();
    if (this.#running >= this.#limit) await this.#turn();
    else this.#running++;
    try {
      job.signal.throwIfAborted();
      return await job.invoke();
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  /** Hands the slot on; only when nobody waits does it come back. */
  #next(): void {
    const next = this.#queue[this.#head];
    if (next === undefined) {
      this.#running--;
      this.#queue = [];
      this.#head = 0;
      return;
    }
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    next();
  }
}
