import type { Control, JournalHead } from "../../client/control.ts";
import type { StoppedError } from "../../core/errors.ts";
import type { JournalEntry } from "../../core/run.ts";
import type { CallSpec } from "./call.ts";
import { Deliveries } from "./deliveries.ts";
import { divergence, missingCalls, stalled } from "./divergence.ts";
import { CallKeys } from "./keys.ts";
import { StallWatch } from "./stall-watch.ts";
import { KeyedReader, OrderedReader } from "./replay-reader.ts";
import type { Scope, Ticket } from "./scope.ts";

interface BodyScopeInit {
  readonly control: Control;
  readonly flowRunId: string;
  readonly flowName: string;
  /** The flow run's attempt, from 1. */
  readonly attempt: number;
  /** Called when the code and the journal disagree. */
  readonly stop: (error: StoppedError) => void;
}

/**
 * The body of a flow, which is replayed.
 *
 * First attempt: the n-th call of the code must be the n-th recorded call; anything else is a
 * divergence. Later attempts (after a flow retry) leave the first one's way where what had failed
 * runs anew: there, calls are found by key. In both, outcomes are given in recorded order.
 */
export class BodyScope implements Scope {
  readonly id = "";
  readonly flowRunCount: number;
  readonly #init: BodyScopeInit;
  readonly #keys = new CallKeys("");
  readonly deliveries: Deliveries;
  readonly #ordered: OrderedReader | null;
  readonly #keyed: KeyedReader | null;
  readonly #stall: StallWatch | null;
  /** Outcomes that this attempt made before this execution have lower numbers. */
  readonly #recordedDone: number;
  readonly #recordedCalls: number;
  #nextDone: number;
  #nextSeq: number;

  private constructor(init: BodyScopeInit, head: JournalHead) {
    this.#init = init;
    this.flowRunCount = init.attempt;
    this.#recordedDone = head.attemptDone;
    this.#nextDone = head.nextDone;
    const strict = init.attempt === 1;
    this.deliveries = strict ? new Deliveries("strict", () => this.#stall?.look()) : new Deliveries("free");
    this.#stall = strict && head.nextDone > 0 ? this.#watch(head.nextDone) : null;
    this.#recordedCalls = strict ? head.nextSeq : 0;
    this.#nextSeq = strict ? 0 : head.nextSeq;
    this.#ordered = strict ? new OrderedReader(init.control, init.flowRunId, head.nextSeq) : null;
    this.#keyed = strict || head.nextSeq === 0 ? null : new KeyedReader(init.control, init.flowRunId, "");
  }

  /** A body with nothing recorded. */
  static fresh(init: BodyScopeInit): BodyScope {
    return new BodyScope(init, { nextSeq: 0, nextDone: 0, attemptDone: 0 });
  }

  /** A body that an earlier execution or attempt began. */
  static async open(init: BodyScopeInit): Promise<BodyScope> {
    const head = await init.control.journalHead(init.flowRunId, init.attempt);
    const scope = new BodyScope(init, head);
    await scope.#ordered?.prepare();
    return scope;
  }

  get replaying(): boolean {
    return this.deliveries.last + 1 < this.#recordedDone || this.#nextSeq < this.#recordedCalls;
  }

  caughtUp(): Promise<void> {
    return this.deliveries.past(this.#recordedDone);
  }

  begin(spec: CallSpec): Ticket {
    return { dynamicKey: this.#keys.next(spec.taskKey, spec.key), seq: this.#nextSeq++ };
  }

  called(): void {
    // The session waits for all of a run's calls.
  }

  /** The recorded call that the code would make now, if it is one of these; null when it is live. */
  peek(): JournalEntry | null | undefined {
    if (this.#ordered === null || this.#nextSeq >= this.#recordedCalls) return null;
    return this.#ordered.peek(this.#nextSeq);
  }

  find(ticket: Ticket, spec: CallSpec): JournalEntry | null | Promise<JournalEntry | null> {
    if (this.#ordered === null) {
      const looking = this.#keyed?.take(spec.taskKey, ticket.dynamicKey);
      return looking === undefined ? null : this.deliveries.search(looking);
    }
    if (ticket.seq >= this.#recordedCalls) return null;
    const recorded = this.#ordered.take(ticket.seq);
    if (!(recorded instanceof Promise)) return this.#checked(recorded, ticket, spec, undefined);
    // The stack is gone after the wait, and the message must name the line.
    const site = new Error("call site");
    return recorded.then((entry) => this.#checked(entry, ticket, spec, site));
  }

  number(entry: JournalEntry): void {
    entry.done = this.#nextDone++;
    entry.flowRunCount = this.flowRunCount;
  }

  /**
   * The body ended: a journal that holds more is another code's.
   *
   * @param error what the body threw, if it did.
   */
  finish(error?: unknown): StoppedError | null {
    this.close();
    if (this.#nextSeq >= this.#recordedCalls) return null;
    const next = this.#ordered?.peek(this.#nextSeq) ?? null;
    return missingCalls(this.#init.flowName, {
      made: this.#nextSeq,
      recorded: this.#recordedCalls,
      next,
      error,
    });
  }

  close(): void {
    this.#stall?.close();
  }

  #checked(
    entry: JournalEntry | null,
    ticket: Ticket,
    spec: CallSpec,
    site: Error | undefined,
  ): JournalEntry | null {
    if (entry === null) return null;
    const same =
      entry.kind === spec.kind && entry.taskKey === spec.taskKey && entry.dynamicKey === ticket.dynamicKey;
    if (same) return entry;
    const error = divergence(this.#init.flowName, entry, ticket, spec, site);
    this.#init.stop(error);
    throw error;
  }

  #watch(recorded: number): StallWatch {
    const { control, flowName, stop } = this.#init;
    const { stallTimeout } = control.settings.replay;
    return new StallWatch(this.deliveries, recorded, stallTimeout, (next) =>
      stop(stalled(flowName, next, stallTimeout)),
    );
  }
}
