import { RefusedError } from "../../core/errors.ts";

/**
 * The identities of calls within one body: the task's name, and how many times that name was called
 * before, or the caller's own key. Assigned when the call is made, before anything is awaited, so
 * that they follow the order of the code and not of outcomes.
 */
export class CallKeys {
  readonly #prefix: string;
  // Made when needed: the body of every task has keys, and most call no other task.
  #counts: Map<string, number> | null = null;
  #own: Set<string> | null = null;

  /** @param scope the entry whose body this is; empty for a flow's body. */
  constructor(scope: string) {
    this.#prefix = scope === "" ? "" : `${scope}/`;
  }

  next(taskKey: string, own: string | undefined): string {
    if (own !== undefined) return this.#take(taskKey, own);
    this.#counts ??= new Map();
    const count = this.#counts.get(taskKey) ?? 0;
    this.#counts.set(taskKey, count + 1);
    return `${this.#prefix}${count}`;
  }

  #take(taskKey: string, own: string): string {
    const full = `${taskKey}\n${own}`;
    this.#own ??= new Set();
    if (this.#own.has(full)) {
      throw new RefusedError({
        code: "SEGNO_DUPLICATE_KEY",
        message: `Task "${taskKey}" was called twice with the key ${JSON.stringify(own)} in one run.`,
        help: "Give each call a key of its own, or leave `key` out to have calls counted.",
        facts: { task: taskKey, key: own },
      });
    }
    this.#own.add(full);
    // The colon keeps a key such as "0" apart from a counted call.
    return `${this.#prefix}:${own}`;
  }
}
