import type { Control } from "../../client/control.ts";
import { nowMicros } from "../../client/time.ts";
import { formatDuration } from "../../core/duration.ts";
import {
  CancelledError,
  LeaseLostError,
  RefusedError,
  StoppedError,
  TimedOutError,
} from "../../core/errors.ts";
import { errorMessage, recordError } from "../../core/recorded-error.ts";
import { isNonRetryable, retryDelayMs } from "../../core/retry.ts";
import type { FlowRun, StoredValue } from "../../core/run.ts";
import { crashPoint } from "../../store/crash-point.ts";
import { pendingArguments } from "../arguments.ts";
import { type Frame, inFrame } from "../context.ts";
import type { FlowDefinition } from "../flow-definition.ts";
import { runFlowHooks } from "../hooks.ts";
import { captureConsole } from "../logging/console-capture.ts";
import { engineLog } from "../logging/log.ts";
import type { FlowHook } from "../options.ts";
import { inline } from "../runners/in-process.ts";
import type { TaskRunner } from "../runners/task-runner.ts";
import { addActiveRun, removeActiveRun } from "./active-runs.ts";
import { attempt } from "./attempt.ts";
import { BodyScope } from "./body-scope.ts";
import { type Proposal, RunBook, type RunColumns } from "./run-book.ts";
import { NEVER, Session } from "./session.ts";
import { storeResult } from "./store-result.ts";
import { pause, withinGrace } from "./wait.ts";

export interface FlowExecutionInit {
  readonly control: Control;
  readonly definition: FlowDefinition;
  /** Claimed by this process: its `fence` is the one to write with. */
  readonly run: FlowRun;
  readonly input: unknown;
  /** Whether the journal may hold something already. */
  readonly fresh: boolean;
  /** The frame that called a subflow. */
  readonly parent: Frame | null;
  readonly taskRunner: TaskRunner | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * One execution of a flow run: its attempts, from the first state to the last.
 *
 *     RUNNING ── body returned ─────────────→ COMPLETED
 *        │ ├──── body threw ── retries left ─→ AwaitingRetry ─→ RUNNING (finished tasks kept)
 *        │ │                └─ none left ────→ FAILED
 *        │ └──── timeout ────────────────────→ as thrown, named TimedOut
 *        ├────── cancel ─────────────────────→ CANCELLED
 *        └────── stopped (lease, journal, divergence, signal) → CRASHED, to be resumed
 */
export class FlowExecution {
  readonly #init: FlowExecutionInit;
  readonly #control: Control;
  readonly #definition: FlowDefinition;
  readonly #run: FlowRun;
  readonly #book: RunBook;
  #fresh: boolean;
  #session: Session;
  #scope: BodyScope;
  #frame: Frame;
  /** Set once the run completed: what its result is stored as. */
  stored: StoredValue | null = null;

  constructor(init: FlowExecutionInit) {
    this.#init = init;
    this.#control = init.control;
    this.#definition = init.definition;
    this.#run = init.run;
    this.#book = new RunBook(init.run);
    this.#fresh = init.fresh;
    this.#session = this.#newSession();
    this.#scope = BodyScope.fresh(this.#scopeInit());
    this.#frame = this.#newFrame();
  }

  get id(): string {
    return this.#run.id;
  }

  /** Executes the run to its end; answers the flow's value or throws its error. */
  async execute(): Promise<unknown> {
    const release = await this.#control.hold();
    const outcome = this.#attempts().catch((error: unknown) => {
      if (this.#session.frozen) return NEVER;
      throw error;
    });
    addActiveRun({
      id: this.#run.id,
      outcome,
      cancel: (message) => this.#session.cancel(cancelledError(this.#run, message)),
      interrupt: (error) => this.#interrupt(error),
    });
    const forget = this.#listen();
    try {
      return await outcome;
    } finally {
      forget();
      removeActiveRun(this.#run.id);
      release();
    }
  }

  /** The value of a run that completed and did not keep it: replayed, without another state of the run. */
  async again(): Promise<unknown> {
    const release = await this.#control.hold();
    const forget = this.#listen();
    try {
      this.#scope = await BodyScope.open(this.#scopeInit());
      this.#frame = this.#newFrame();
      return await this.#body();
    } finally {
      this.#scope.close();
      this.#session.close();
      forget();
      release();
    }
  }

  async #attempts(): Promise<unknown> {
    if (this.#definition.options.logPrints === true) captureConsole();
    for (;;) {
      await this.#begin();
      try {
        const value = await this.#body();
        return await this.#completed(value);
      } catch (error) {
        const last = await this.#ended(error);
        if (last) throw this.#session.stopped ?? this.#session.cancelled ?? error;
      }
    }
  }

  /** Opens the attempt: its journal, its frame, and its state if that is not Running yet. */
  async #begin(): Promise<void> {
    if (!this.#fresh) this.#session.post(this.#book.move(this.#nextAttempt(), { error: null }));
    const init = this.#scopeInit();
    this.#scope = this.#fresh ? BodyScope.fresh(init) : await BodyScope.open(init);
    this.#frame = this.#newFrame();
    this.#fresh = false;
    await this.#hooks("onRunning", this.#definition.options.onRunning);
  }

  /** A run that was interrupted goes on in its attempt; one that failed begins another. */
  #nextAttempt(): Proposal {
    const { type } = this.#book.state;
    const resuming = type !== "FAILED" && type !== "SCHEDULED";
    return { type: "RUNNING", name: resuming ? "Running" : "Retrying", resuming };
  }

  async #body(): Promise<unknown> {
    const { fn, timeout, name } = this.#definition;
    const session = this.#session;
    const answer = attempt({
      session,
      outer: session.signal,
      what: `Flow "${name}"`,
      timeout,
      body: (_signal, clock) => {
        clock.begin();
        // The session's signal and not the attempt's: its timeout aborts the session as a whole.
        return inFrame(this.#frame, () => this.#guarded(fn));
      },
      onTimeout: (error) => session.abort(error),
    });
    const value = await Promise.race([answer, session.untilStopped()]);
    const pending = pendingArguments([value]);
    const [result] = pending === null ? [value] : await pending.resolve();
    await Promise.race([session.settled(), session.untilStopped()]);
    this.#throwIfOver();
    const divergence = this.#scope.finish();
    if (divergence !== null) {
      session.stop(divergence);
      throw divergence;
    }
    return result;
  }

  /** A body that throws at once is a rejection like any other. */
  async #guarded(fn: (input: unknown) => unknown): Promise<unknown> {
    return fn(this.#init.input);
  }

  #throwIfOver(): void {
    const { stopped, cancelled } = this.#session;
    if (stopped !== null) throw stopped;
    if (cancelled !== null) throw cancelled;
  }

  async #completed(value: unknown): Promise<unknown> {
    crashPoint("flow.returned");
    const stored = await this.#store(value);
    this.stored = stored;
    const result = { result: stored, error: null };
    await this.#finish({ type: "COMPLETED" }, result);
    crashPoint("flow.finished");
    await this.#hooks("onCompletion", this.#definition.options.onCompletion);
    return value;
  }

  /** Decides what follows from an error; true when the run is over. */
  async #ended(error: unknown): Promise<boolean> {
    const session = this.#session;
    if (session.frozen) throw error;
    if (session.stopped !== null) {
      await this.#crash(session.stopped);
      return true;
    }
    if (session.cancelled !== null) {
      await withinGrace(session.settled());
      const cancelled = { type: "CANCELLED", message: String(session.cancelled.facts["why"]) } as const;
      await this.#finish(cancelled, { error: recordError(session.cancelled) });
      await this.#hooks("onCancellation", this.#definition.options.onCancellation, session.cancelled);
      return true;
    }
    if (!(await withinGrace(session.settled()))) {
      // The next attempt must not meet calls of this one: what hangs is abandoned, as by a timeout.
      session.abort(error instanceof Error ? error : new Error(errorMessage(error)));
      await withinGrace(session.settled());
    }
    const divergence = session.signal.aborted ? null : this.#scope.finish(error);
    if (divergence !== null) {
      session.stop(divergence);
      await this.#crash(divergence);
      return true;
    }
    const name = error instanceof TimedOutError ? "TimedOut" : "Failed";
    const retryDelay = this.#retryDelay(error);
    const failure = { type: "FAILED", name, message: errorMessage(error), retryDelay } as const;
    const final = isNonRetryable(error) || error instanceof RefusedError;
    await this.#finish({ ...failure, final }, { error: recordError(error) });
    if (this.#book.state.type !== "FAILED") {
      await this.#awaitRetry(error, retryDelay);
      return false;
    }
    await this.#hooks("onFailure", this.#definition.options.onFailure, error);
    return true;
  }

  #retryDelay(error: unknown): number {
    const own = this.#definition.options.retryDelay ?? this.#control.settings.flows.defaultRetryDelay;
    return retryDelayMs(own, this.#book.attempt, Math.random(), error);
  }

  async #awaitRetry(error: unknown, delay: number): Promise<void> {
    const again = delay === 0 ? "now" : `in ${formatDuration(delay)}`;
    engineLog(
      this.#frame,
      30,
      `Flow run failed (${errorMessage(error)}); attempt ${this.#book.attempt + 1} ${again}`,
    );
    this.#session.close();
    this.#session = this.#newSession();
    await pause(delay, this.#session);
  }

  /** Waits for a run's retry that an earlier process began to wait for. */
  async resumeRetry(): Promise<void> {
    const due = this.#run.expectedStartAt;
    if (due !== null) await pause((due - nowMicros()) / 1000, this.#session);
  }

  async #crash(error: StoppedError): Promise<void> {
    this.#session.close();
    this.#scope.close();
    if (this.#session.channel.failure === null) {
      const crash = { type: "CRASHED", message: errorMessage(error) } as const;
      await this.#session.channel.write(this.#book.move(crash, { error: recordError(error) }));
    }
    engineLog(this.#frame, 40, errorMessage(error));
    // Taken over, the run goes on elsewhere: it is this execution that is over.
    if (error instanceof LeaseLostError) return;
    await this.#hooks("onCrashed", this.#definition.options.onCrashed, error);
  }

  #interrupt(error: StoppedError): void {
    this.#session.freeze(error);
    const message = errorMessage(error);
    this.#session.interrupt(message);
    this.#session.channel.post(this.#book.move({ type: "CRASHED", message }));
    // Nothing of this execution comes back; whoever resumes the run here must not wait for it.
    removeActiveRun(this.#run.id);
  }

  /** Ends the attempt; with the run, unless the rules make another attempt of a failure. */
  async #finish(proposal: Proposal, columns: RunColumns): Promise<void> {
    const session = this.#session;
    this.#scope.close();
    try {
      await session.channel.write(this.#book.move(proposal, columns));
    } catch (failure) {
      if (failure instanceof StoppedError) session.stop(failure);
      throw failure;
    } finally {
      session.close();
    }
    const { type, name, message } = this.#book.state;
    if (type === "SCHEDULED") return;
    const why = message === null ? "" : `: ${message}`;
    engineLog(this.#frame, type === "COMPLETED" ? 20 : 40, `Finished in state ${name}${why}`);
  }

  #store(value: unknown): StoredValue | null | Promise<StoredValue> {
    const { name, options } = this.#definition;
    return storeResult(value, `the result of flow "${name}"`, options, this.#control.results);
  }

  async #hooks(
    name: string,
    given: FlowHook | readonly FlowHook[] | undefined,
    error?: unknown,
  ): Promise<void> {
    if (given === undefined) return;
    const { id, flowName, flowVersion, tags, parentFlowRunId, rootFlowRunId } = this.#run;
    const flowRun = {
      id,
      flowName,
      flowVersion,
      tags,
      parentFlowRunId,
      rootFlowRunId,
      name: this.#run.name,
      parameters: this.#init.input,
      runCount: this.#book.attempt,
      scheduledStartTime: null,
    };
    const { type, name: stateName, message } = this.#book.state;
    const state = { type, name: stateName, message };
    await runFlowHooks(name, given, this.#frame, {
      flow: { name: this.#definition.name },
      flowRun,
      state,
      error,
    });
  }

  /** Ties the run to its parent, to the caller's signal, and to requests to cancel it. */
  #listen(): () => void {
    const { parent, signal } = this.#init;
    const onSignal = () => this.#session.cancel(cancelledError(this.#run, "the caller's signal aborted"));
    if (signal?.aborted === true) onSignal();
    signal?.addEventListener("abort", onSignal, { once: true });
    const forgetParent = parent?.session.onAbort((reason) => {
      if (reason instanceof StoppedError) this.#session.stop(reason);
      else this.#session.cancel(cancelledError(this.#run, errorMessage(reason)));
    });
    const forgetCancel = this.#control.onCancelRequested((id) => {
      if (id === this.#run.id) this.#session.cancel(cancelledError(this.#run, "cancelling was requested"));
    });
    return () => {
      signal?.removeEventListener("abort", onSignal);
      forgetParent?.();
      forgetCancel();
    };
  }

  #newSession(): Session {
    const { id, fence } = this.#run;
    return new Session({ control: this.#control, flowRunId: id, fence });
  }

  #scopeInit() {
    const session = this.#session;
    const { id, flowName } = this.#run;
    return {
      control: this.#control,
      flowRunId: id,
      flowName,
      attempt: this.#book.attempt,
      stop: (error: StoppedError) => session.stop(error),
    };
  }

  #newFrame(): Frame {
    const { options } = this.#definition;
    const { parent, input } = this.#init;
    const session = this.#session;
    const taskRunner = options.taskRunner ?? this.#init.taskRunner ?? parent?.flow?.taskRunner ?? inline;
    return {
      session,
      scope: this.#scope,
      flow: { run: this.#run, input, attempt: this.#book.attempt, taskRunner },
      task: null,
      signal: session.signal,
      tags: this.#run.tags,
      transaction: null,
      logPrints: options.logPrints ?? parent?.logPrints ?? false,
    };
  }
}

function cancelledError(run: FlowRun, why: string): CancelledError {
  return new CancelledError({
    code: "SEGNO_CANCELLED",
    message: `Flow run "${run.name}" of "${run.flowName}" was cancelled: ${why}.`,
    facts: { flowRunId: run.id, why },
  });
}
