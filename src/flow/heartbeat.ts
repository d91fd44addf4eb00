import { RefusedError } from "../core/errors.ts";
import type { JournalEntry } from "../core/run.ts";
import { decodeJson, encodeJson } from "../core/serialize.ts";
import { type Frame, type HeartbeatSlot, requireFrame } from "./context.ts";
import type { LiveCall } from "./engine/call.ts";

/** A heartbeat is written with every one of its successors; large state belongs into a file. */
const MOST_BYTES = 64 * 1024;

/** A loop that beats for each item must not queue a write for each: the newest of so many ms wins. */
const POST_EVERY_MS = 5;

/**
 * Says how far a task is. Its next attempt, in this process or another, reads it with
 * {@link lastHeartbeat} and goes on from there.
 *
 * Cheap enough for a loop: nothing is waited for, and of several within 5 ms the newest is written.
 *
 * @param details anything that the journal can hold, up to 64 KiB.
 * @throws RefusedError `SEGNO_NO_TASK` outside a task; `SEGNO_HEARTBEAT_TOO_LARGE`.
 * @example
 * const { done } = lastHeartbeat<{ done: number }>() ?? { done: 0 };
 * for (let i = done; i < pages.length; i++) {
 *   await index(pages[i]);
 *   heartbeat({ done: i + 1 });
 * }
 */
export function heartbeat(details: unknown): void {
  slotOf(requireFrame("heartbeat()"), "heartbeat()").beat(details);
}

/**
 * What the task's earlier attempt said last; undefined on the first, or if it said nothing.
 *
 * @throws RefusedError `SEGNO_NO_TASK` outside a task.
 * @example
 * const { offset } = lastHeartbeat<{ offset: number }>() ?? { offset: 0 };
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what it said.
export function lastHeartbeat<T = unknown>(): T | undefined {
  return slotOf(requireFrame("lastHeartbeat()"), "lastHeartbeat()").last as T | undefined;
}

function slotOf({ task }: Frame, what: string): HeartbeatSlot {
  if (task !== null) return task.heartbeat;
  throw new RefusedError({
    code: "SEGNO_NO_TASK",
    message: `${what} was called in the body of a flow.`,
    help: "Call it from a task or a step; a flow's progress is its journal.",
    facts: { what },
  });
}

/** The heartbeat of a task run, kept on its entry. */
export function heartbeatSlot(entry: JournalEntry, live: LiveCall): HeartbeatSlot {
  return new EntryHeartbeat(entry, live);
}

class EntryHeartbeat implements HeartbeatSlot {
  readonly #entry: JournalEntry;
  readonly #live: LiveCall;
  #attempt = 0;
  #last: unknown;
  #postedAt = Number.NEGATIVE_INFINITY;
  #due: NodeJS.Timeout | null = null;

  constructor(entry: JournalEntry, live: LiveCall) {
    this.#entry = entry;
    this.#live = live;
  }

  get last(): unknown {
    // Between two attempts, what the next one will find.
    if (this.#entry.stateType !== "RUNNING") return decodeDetails(this.#entry.heartbeat);
    this.#turnToAttempt();
    return this.#last;
  }

  beat(details: unknown): void {
    const text = encodeDetails(details);
    this.#turnToAttempt();
    this.#entry.heartbeat = text;
    const wait = this.#postedAt + POST_EVERY_MS - performance.now();
    // By the clock and not by the timer alone: a loop that never waits gives no timer its turn.
    if (wait <= 0) this.#post();
    else this.#due ??= setTimeout(() => this.#post(), wait).unref();
  }

  #post(): void {
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
    this.#postedAt = performance.now();
    // What came with the end was written with it.
    if (this.#entry.endAt === null) this.#live.post();
  }

  /** `last` is what stood there when the attempt began, whatever this attempt says since. */
  #turnToAttempt(): void {
    if (this.#attempt === this.#entry.runCount) return;
    this.#attempt = this.#entry.runCount;
    this.#last = decodeDetails(this.#entry.heartbeat);
  }
}

function decodeDetails(text: string | null): unknown {
  return text === null ? undefined : decodeJson(text);
}

function encodeDetails(details: unknown): string {
  const text = encodeJson(details, "heartbeat");
  const size = Buffer.byteLength(text);
  if (size <= MOST_BYTES) return text;
  throw new RefusedError({
    code: "SEGNO_HEARTBEAT_TOO_LARGE",
    message: `A heartbeat's details take ${size} bytes; at most ${MOST_BYTES} are kept.`,
    help: "Say where the progress lies (a path, an offset), not the progress itself.",
    facts: { size, limit: MOST_BYTES },
  });
}
