import type { JournalEntry } from "../../core/run.ts";
import type { CallSpec } from "./call.ts";
import { Deliveries } from "./deliveries.ts";
import { CallKeys } from "./keys.ts";
import { Outstanding } from "./outstanding.ts";

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
  /** Gives outcomes to the body's code, in an order that a replay repeats. */
  readonly deliveries: Deliveries;
  /** True while the journal still holds something that the code has not asked for or been given. */
  readonly replaying: boolean;
  /** Resolves once a replay is over: for a live call that must not take what recorded ones have a right to. */
  caughtUp(): Promise<void>;
  begin(spec: CallSpec): Ticket;
  /** A call that was made; settles as it does. */
  called(call: Promise<unknown>): void;
  find(ticket: Ticket, spec: CallSpec): JournalEntry | null | Promise<JournalEntry | null>;
  /** Numbers an outcome that is about to be written. */
  number(entry: JournalEntry): void;
}

/** What an earlier attempt of a task's body had its own tasks do. */
export interface RecordedCalls {
  readonly nextSeq: number;
  readonly nextDone: number;
  find(taskKey: string, dynamicKey: string): Promise<JournalEntry | null>;
}

/**
 * The body of a task: its calls are found by key. A body that does nothing but call gets recorded
 * outcomes in their old order; one that waits for other things as well may ask in another.
 */
export class TaskScope implements Scope {
  readonly id: string;
  readonly flowRunCount: number;
  readonly replaying = false;
  onFirstCall: (() => void) | null = null;
  #calls: Outstanding | null = null;
  readonly #keys: CallKeys;
  readonly #recorded: RecordedCalls | null;
  /** Made at the first call: most tasks call no others, and a fan-out has thousands of them. */
  #deliveries: Deliveries | null = null;
  #nextSeq: number;
  #nextDone: number;

  constructor(id: string, flowRunCount: number, recorded: RecordedCalls | null) {
    this.id = id;
    this.flowRunCount = flowRunCount;
    this.#keys = new CallKeys(id);
    this.#recorded = recorded;
    this.#nextSeq = recorded?.nextSeq ?? 0;
    this.#nextDone = recorded?.nextDone ?? 0;
  }

  get deliveries(): Deliveries {
    return (this.#deliveries ??= new Deliveries("free"));
  }

  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  begin(spec: CallSpec): Ticket {
    this.onFirstCall?.();
    this.onFirstCall = null;
    return { dynamicKey: this.#keys.next(spec.taskKey, spec.key), seq: this.#nextSeq++ };
  }

  called(call: Promise<unknown>): void {
    this.#calls ??= new Outstanding();
    this.#calls.track(call);
  }

  /** Resolves when every call has ended, those that nobody waited for as well; null when none was made. */
  settled(): Promise<void> | null {
    return this.#calls?.settled() ?? null;
  }

  find(ticket: Ticket, spec: CallSpec): JournalEntry | null | Promise<JournalEntry | null> {
    if (this.#recorded === null) return null;
    return this.deliveries.search(this.#recorded.find(spec.taskKey, ticket.dynamicKey));
  }

  number(entry: JournalEntry): void {
    entry.done = this.#nextDone++;
  }
}
