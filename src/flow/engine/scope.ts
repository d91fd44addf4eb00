import type { JournalEntry } from "../../core/run.ts";
import type { CallSpec } from "./call.ts";
import { CallKeys } from "./keys.ts";

/** A call's place: given when it is made, before anything is awaited. */
export interface Ticket {
  readonly seq: number;
  readonly dynamicKey: string;
}

/**
 * The calls of one body, a flow's or a task's: it numbers them, finds what was recorded of them, and
 * decides when their outcomes reach the code.
 */
export interface Scope {
  /** Empty for a flow's body; otherwise the id of the entry whose body it is. */
  readonly id: string;
  readonly flowRunCount: number;
  /** True while the journal still holds something that the code has not asked for or been given. */
  readonly replaying: boolean;
  begin(spec: CallSpec): Ticket;
  find(ticket: Ticket, spec: CallSpec): JournalEntry | null | Promise<JournalEntry | null>;
  /** Numbers an outcome that is about to be written. */
  number(entry: JournalEntry): void;
  /** Gives an outcome that just became durable to the code. */
  deliver(entry: JournalEntry, give: () => void): void;
  /** A recorded outcome was asked for, but its value must be made again first. */
  expect(entry: JournalEntry): void;
  /** Resolves once every outcome recorded before this one was given: for a value that must not be made earlier. */
  turn(entry: JournalEntry): Promise<void>;
  /** Gives a recorded outcome to the code, in its turn. */
  redeliver(entry: JournalEntry, give: () => void): void;
}

/** The body of a task: its calls are found by key, and their outcomes are given as they come. */
export class TaskScope implements Scope {
  readonly id: string;
  readonly flowRunCount: number;
  readonly replaying = false;
  onFirstCall: (() => void) | null = null;
  readonly #keys: CallKeys;
  readonly #find: ((taskKey: string, dynamicKey: string) => Promise<JournalEntry | null>) | null;
  #nextSeq: number;

  constructor(
    id: string,
    flowRunCount: number,
    recorded: {
      readonly nextSeq: number;
      find(taskKey: string, dynamicKey: string): Promise<JournalEntry | null>;
    } | null,
  ) {
    this.id = id;
    this.flowRunCount = flowRunCount;
    this.#keys = new CallKeys(id);
    this.#nextSeq = recorded?.nextSeq ?? 0;
    this.#find = recorded === null ? null : (taskKey, dynamicKey) => recorded.find(taskKey, dynamicKey);
  }

  begin(spec: CallSpec): Ticket {
    this.onFirstCall?.();
    this.onFirstCall = null;
    return { dynamicKey: this.#keys.next(spec.taskKey, spec.key), seq: this.#nextSeq++ };
  }

  find(ticket: Ticket, spec: CallSpec): JournalEntry | null | Promise<JournalEntry | null> {
    return this.#find === null ? null : this.#find(spec.taskKey, ticket.dynamicKey);
  }

  number(): void {
    // A task's body is not replayed, so the order of its outcomes need not be known.
  }

  deliver(_entry: JournalEntry, give: () => void): void {
    give();
  }

  expect(): void {
    // Outcomes have no order here that a late one could hold up.
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  redeliver(_entry: JournalEntry, give: () => void): void {
    give();
  }
}
