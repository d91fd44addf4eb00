import type { Control } from "../../client/control.ts";
import type { JournalEntry } from "../../core/run.ts";
import type { RecordedCalls } from "./scope.ts";

const PAGE = 1000;
/** The next page is fetched while this many entries of the last one are left. */
const AHEAD = 500;

/**
 * Reads the recorded calls of a flow's body in call order, a page at a time, and forgets them as
 * they are asked for: a history of a million entries is replayed in the memory of a page.
 */
export class OrderedReader {
  readonly #control: Control;
  readonly #flowRunId: string;
  /** Recorded calls: those with a lower `seq`. */
  readonly length: number;
  #entries = new Map<number, JournalEntry>();
  #read = 0;
  #loading: Promise<void> | null = null;

  constructor(control: Control, flowRunId: string, length: number) {
    this.#control = control;
    this.#flowRunId = flowRunId;
    this.length = length;
  }

  /** Fetches the first page, so that the first calls find theirs without waiting. */
  async prepare(): Promise<void> {
    if (this.length > 0) await this.#load();
  }

  /** The recorded call with this number; waits only when the code is ahead of the reader. */
  take(seq: number): JournalEntry | null | Promise<JournalEntry | null> {
    if (seq >= this.length) return null;
    const entry = this.#entries.get(seq);
    if (this.#read < this.length && this.#read - seq < AHEAD) void this.#load();
    if (entry === undefined) return this.#wait(seq);
    this.#entries.delete(seq);
    return entry;
  }

  /** The recorded call with this number, left where it is; undefined when it has not been read. */
  peek(seq: number): JournalEntry | undefined {
    return this.#entries.get(seq);
  }

  async #wait(seq: number): Promise<JournalEntry | null> {
    while (this.#read <= seq) await this.#load();
    const entry = this.#entries.get(seq) ?? null;
    this.#entries.delete(seq);
    return entry;
  }

  #load(): Promise<void> {
    this.#loading ??= this.#page().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #page(): Promise<void> {
    const after = this.#read - 1;
    const page = { flowRunId: this.#flowRunId, scope: "", after, limit: PAGE };
    const rows = await this.#control.readEntries(page);
    for (const row of rows) this.#entries.set(row.seq, row);
    const last = rows.at(-1);
    this.#read = last === undefined ? this.length : last.seq + 1;
  }
}

/**
 * Finds recorded calls by their key, whatever order the code asks in: for a flow's second attempt
 * and for the body of a task, which need not be deterministic. Reads on until the key is found.
 */
export class KeyedReader {
  readonly #control: Control;
  readonly #flowRunId: string;
  readonly #scope: string;
  #byKey = new Map<string, JournalEntry>();
  #after = -1;
  #ended = false;
  #loading: Promise<void> | null = null;
  #nextDone = 0;

  constructor(control: Control, flowRunId: string, scope: string) {
    this.#control = control;
    this.#flowRunId = flowRunId;
    this.#scope = scope;
  }

  async take(taskKey: string, dynamicKey: string): Promise<JournalEntry | null> {
    const key = `${taskKey}\n${dynamicKey}`;
    for (;;) {
      const entry = this.#byKey.get(key);
      if (entry !== undefined) {
        this.#byKey.delete(key);
        return entry;
      }
      if (this.#ended) return null;
      await this.#load();
    }
  }

  /** Everything of a body whose new calls need numbers past the recorded ones. */
  async readAll(): Promise<RecordedCalls> {
    while (!this.#ended) await this.#load();
    const find = (taskKey: string, dynamicKey: string) => this.take(taskKey, dynamicKey);
    return { nextSeq: this.#after + 1, nextDone: this.#nextDone, find };
  }

  #load(): Promise<void> {
    this.#loading ??= this.#page().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #page(): Promise<void> {
    const page = { flowRunId: this.#flowRunId, scope: this.#scope, after: this.#after, limit: PAGE };
    const rows = await this.#control.readEntries(page);
    for (const row of rows) {
      this.#byKey.set(`${row.taskKey}\n${row.dynamicKey}`, row);
      this.#after = row.seq;
      if (row.done !== null) this.#nextDone = Math.max(this.#nextDone, row.done + 1);
    }
    if (rows.length < PAGE) this.#ended = true;
  }
}
