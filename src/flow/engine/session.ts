import type { Control } from "../../client/control.ts";
import { CancelledError, StoppedError } from "../../core/errors.ts";
import type { JournalEntry } from "../../core/run.ts";
import { errorMessage, recordError, reviveError } from "../../core/recorded-error.ts";
import { crashPoint } from "../../store/crash-point.ts";
import type { JournalChannel } from "../../store/journal-writer.ts";
import type { JournalOp } from "../../store/store.ts";
import { decodeJson } from "../../core/serialize.ts";
import { loadValue } from "../../store/results/values.ts";
import { type CallSpec, type LiveCall, NOT_KEPT, type Outcome } from "./call.ts";
import { mark, markDied, newEntry } from "./entry.ts";
import { Outstanding } from "./outstanding.ts";
import type { Scope, Ticket } from "./scope.ts";

export interface SessionInit {
  readonly control: Control;
  /** Null: tasks called outside any flow. */
  readonly flowRunId: string | null;
  readonly fence: number;
}

/**
 * One execution's hold on a run: its journal, its signal, and the calls that are on their way.
 *
 * A session ends in one of three ways. It is *closed* when the run ended; what the code still tries
 * is refused. It is *cancelled*: its calls end as Cancelled. Or it is *stopped* (lease lost, journal
 * unwritable, divergence, the process told to go): nothing more is written of the calls on their
 * way, so that whoever resumes the run finds them unfinished.
 */
export class Session {
  readonly control: Control;
  readonly flowRunId: string | null;
  readonly channel: JournalChannel;
  readonly #abort = new AbortController();
  readonly #onAbort = new Set<(reason: Error) => void>();
  readonly #inFlight = new Set<JournalEntry>();
  /** Calls and other work that have not ended. */
  readonly #outstanding = new Outstanding();
  #stopped: StoppedError | null = null;
  #cancelled: CancelledError | null = null;
  #closed = false;
  #frozen = false;
  #onStop: ((error: StoppedError) => void)[] = [];

  constructor(init: SessionInit) {
    this.control = init.control;
    this.flowRunId = init.flowRunId;
    this.channel = init.control.channel(init.flowRunId, init.fence);
    this.channel.onFailure = (error) => this.#fail(error);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stopped(): StoppedError | null {
    return this.#stopped;
  }

  /** True once the process is about to go: what is pending stays so. */
  get frozen(): boolean {
    return this.#frozen;
  }

  get cancelled(): CancelledError | null {
    return this.#cancelled;
  }

  /** Rejects when the session stops; never resolves. */
  untilStopped(): Promise<never> {
    const promise = new Promise<never>((_resolve, reject) => {
      if (this.#stopped !== null) reject(this.#stopped);
      else this.#onStop.push(reject);
    });
    // Whoever races it may have settled first.
    promise.catch(() => undefined);
    return promise;
  }

  cancel(error: CancelledError): void {
    if (this.#closed || this.#cancelled !== null) return;
    this.#cancelled = error;
    this.#aborted(error);
  }

  /** Aborts what runs without cancelling the run: its timeout. */
  abort(error: Error): void {
    this.#aborted(error);
  }

  stop(error: StoppedError): void {
    if (this.#closed || this.#stopped !== null) return;
    this.#stopped = error;
    this.#aborted(error);
    for (const tell of this.#onStop) tell(error);
    this.#onStop = [];
  }

  /**
   * Stops without telling the code, because the process is about to go: its promises stay pending,
   * since a rejection now would only make the runtime report a crash of its own.
   */
  freeze(error: StoppedError): void {
    if (this.#closed || this.#stopped !== null) return;
    this.#frozen = true;
    this.#stopped = error;
    this.#aborted(error);
  }

  close(): void {
    this.#closed = true;
    this.#onStop = [];
  }

  /** Entries on their way, marked as interrupted, for a last write before the process goes. */
  interrupt(message: string): void {
    for (const entry of this.#inFlight) {
      if (entry.stateType === "RUNNING") mark(entry, "CRASHED", "Crashed", message);
      this.channel.post({ op: "entry", entry });
    }
  }

  /** Resolves when every call that the code made has ended, also those it does not wait for. */
  settled(): Promise<void> {
    return this.#outstanding.settled();
  }

  /** Lets the run's end wait for work beside its calls. */
  track(work: Promise<unknown>): void {
    this.#outstanding.track(work);
  }

  /** Calls `listener` when the session's signal aborts; answers how to forget it. Cheaper than a listener on the signal. */
  onAbort(listener: (reason: Error) => void): () => void {
    if (this.#abort.signal.aborted) {
      listener(this.#abort.signal.reason as Error);
      return () => undefined;
    }
    this.#onAbort.add(listener);
    return () => this.#onAbort.delete(listener);
  }

  #aborted(error: Error): void {
    this.#abort.abort(error);
    const listeners = [...this.#onAbort];
    this.#onAbort.clear();
    for (const listener of listeners) listener(error);
  }

  post(op: JournalOp): void {
    if (this.#stopped === null) this.channel.post(op);
  }

  /**
   * Makes a durable call: gives the recorded outcome if there is one, otherwise carries it out,
   * writes how it ended, and gives that.
   */
  call(scope: Scope, spec: CallSpec, onEntry?: (entry: JournalEntry) => void): Promise<unknown> {
    if (this.#frozen) return NEVER;
    this.#refuseIfOver();
    const ticket = scope.begin(spec);
    const promise = this.#answer(scope, spec, ticket, onEntry);
    this.track(promise);
    scope.called(promise);
    return promise;
  }

  #answer(
    scope: Scope,
    spec: CallSpec,
    ticket: Ticket,
    onEntry: ((entry: JournalEntry) => void) | undefined,
  ): Promise<unknown> {
    try {
      const found = scope.find(ticket, spec);
      if (found !== null) return this.#recorded(scope, spec, ticket, found, onEntry);
    } catch (divergence) {
      return Promise.reject(divergence);
    }
    return this.#live(scope, spec, this.#begin(scope, spec, ticket), false, onEntry);
  }

  async #recorded(
    scope: Scope,
    spec: CallSpec,
    ticket: Ticket,
    found: JournalEntry | Promise<JournalEntry | null>,
    onEntry: ((entry: JournalEntry) => void) | undefined,
  ): Promise<unknown> {
    const recorded = found instanceof Promise ? await found : found;
    if (recorded === null) return this.#live(scope, spec, this.#begin(scope, spec, ticket), false, onEntry);
    onEntry?.(recorded);
    switch (fate(recorded, scope, spec)) {
      case "give":
        return this.#give(scope, spec, recorded);
      case "remake":
        scope.deliveries.expect(recorded.done ?? 0);
        return this.#remake(scope, spec, recorded);
      case "execute":
        if (recorded.stateType === "RUNNING") markDied(recorded);
        recorded.done = null;
        recorded.flowRunCount = scope.flowRunCount;
        return this.#live(scope, spec, recorded, true, undefined);
    }
  }

  #begin(scope: Scope, spec: CallSpec, ticket: Ticket): JournalEntry {
    const { kind, name, taskKey, tags } = spec;
    const { flowRunCount } = scope;
    const { dynamicKey, seq } = ticket;
    const { flowRunId } = this;
    return newEntry({ flowRunId, kind, name, taskKey, tags, dynamicKey, seq, flowRunCount, scope: scope.id });
  }

  /** Not an async function: each layer of those costs a call three promises and as many microtasks. */
  #live(
    scope: Scope,
    spec: CallSpec,
    entry: JournalEntry,
    resumed: boolean,
    onEntry: ((entry: JournalEntry) => void) | undefined,
  ): Promise<unknown> {
    onEntry?.(entry);
    this.#inFlight.add(entry);
    const op: EntryOp = { op: "entry", entry };
    this.post(op);
    const live: LiveCall = { entry, resumed, post: () => this.post(op) };
    return new Promise((resolve, reject) => {
      spec.execute(live).then((outcome) => {
        if (this.#frozen) return;
        this.#inFlight.delete(entry);
        try {
          this.#write(scope, op, outcome, resolve, reject);
        } catch (error) {
          reject(error);
        }
      }, reject);
    });
  }

  /** Makes an outcome durable, then gives it to the code. */
  #write(
    scope: Scope,
    op: EntryOp,
    outcome: Outcome,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#stopped !== null) throw this.#stopped;
    const { entry } = op;
    end(entry, outcome);
    scope.number(entry);
    for (const extra of outcome.ops ?? []) this.channel.post(extra);
    this.channel.append(op, (failure) => {
      if (failure !== null) {
        this.#fail(failure);
        reject(this.#stopped ?? failure);
        return;
      }
      const give = () => {
        crashPoint("outcome.delivered");
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      };
      const done = entry.done ?? 0;
      if (outcome.after === undefined) {
        scope.deliveries.addAtRest(done, give);
        return;
      }
      this.track(outcome.after());
      // A turn later, so that hooks which wait for nothing are through before the code goes on.
      scope.deliveries.add(done, give);
    });
  }

  async #give(scope: Scope, spec: CallSpec, entry: JournalEntry): Promise<unknown> {
    const read = this.#reader(spec, entry);
    if (!(read instanceof Promise)) return this.#redeliver(scope, entry, read);
    // A large value is fetched before its turn, since a delivery must not wait.
    scope.deliveries.expect(entry.done ?? 0);
    return this.#redeliver(scope, entry, await read);
  }

  /** How the code's view of a recorded outcome is made, once its turn comes. */
  #reader(spec: CallSpec, entry: JournalEntry): Give | Promise<Give> {
    if (entry.stateType !== "COMPLETED") {
      const error =
        entry.error === null ? new Error(entry.stateMessage ?? entry.stateName) : reviveError(entry.error);
      return { error };
    }
    if (spec.revive !== undefined) return { value: spec.revive(entry) };
    const { result } = entry;
    if (result === null) return { value: undefined };
    if (result.kind === "inline") return { value: decodeJson(result.text) };
    const storages = [this.control.results];
    return loadValue(result, { storages }).then((value) => ({ value }));
  }

  #redeliver(scope: Scope, entry: JournalEntry, outcome: Give): Promise<unknown> {
    return new Promise((resolve, reject) => {
      scope.deliveries.add(entry.done ?? 0, () => {
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      });
    });
  }

  /** The value was not kept (`persistResult: false`): make it again, but give it in its old turn. */
  async #remake(scope: Scope, spec: CallSpec, entry: JournalEntry): Promise<unknown> {
    const outcome = await spec.execute({ entry: { ...entry }, resumed: true, post: () => undefined });
    return this.#redeliver(scope, entry, outcome.ok ? { value: outcome.value } : { error: outcome.error });
  }

  #fail(failure: Error): void {
    this.stop(
      failure instanceof StoppedError
        ? failure
        : new StoppedError({
            code: "SEGNO_JOURNAL_REFUSED",
            message: `The journal of flow run ${this.flowRunId ?? "-"} refused an entry: ${failure.message}`,
            help: "The run is kept as it was before; resume it once the cause is gone.",
            cause: failure,
          }),
    );
  }

  #refuseIfOver(): void {
    if (this.#stopped !== null) throw this.#stopped;
    if (this.#cancelled !== null) throw this.#cancelled;
    if (!this.#closed) return;
    throw new CancelledError({
      code: "SEGNO_RUN_ENDED",
      message: `Flow run ${this.flowRunId ?? "-"} has ended; it takes no more calls.`,
      help: "Await every call before the flow returns.",
    });
  }
}

/** For what must not be told to code whose process is about to go. */
export const NEVER = new Promise<never>(() => undefined);

type EntryOp = JournalOp & { readonly op: "entry" };

type Give = { readonly value: unknown } | { readonly error: unknown };

/** What becomes of a recorded call that the code makes again. */
function fate(entry: JournalEntry, scope: Scope, spec: CallSpec): "give" | "remake" | "execute" {
  const ended = entry.endAt !== null && entry.done !== null && entry.stateType !== "CRASHED";
  if (!ended) return "execute";
  const replay = scope.id === "" && entry.flowRunCount === scope.flowRunCount;
  if (entry.stateType !== "COMPLETED") return replay ? "give" : "execute";
  // Undone by its transaction: a replay takes the same way, another attempt does the work again.
  if (entry.stateName === "RolledBack" && !replay) return "execute";
  if (entry.stateMessage !== NOT_KEPT) return "give";
  return replay || spec.perishable !== true ? "remake" : "execute";
}

function end(entry: JournalEntry, outcome: Outcome): void {
  if (outcome.ok) {
    entry.result = outcome.stored;
    entry.error = null;
    mark(entry, "COMPLETED", outcome.stateName, outcome.message ?? null);
  } else {
    entry.error = recordError(outcome.error);
    mark(entry, outcome.stateType, outcome.stateName, errorMessage(outcome.error));
  }
}
