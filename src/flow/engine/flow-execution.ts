import type { Control } from "../../client/control.ts";
import { newId, nowMicros } from "../../client/time.ts";
import { formatDuration } from "../../core/duration.ts";
import {
  CancelledError,
  NonRetryable,
  RefusedError,
  StoppedError,
  TimedOutError,
} from "../../core/errors.ts";
import { errorMessage, recordError } from "../../core/recorded-error.ts";
import { retryDelayMs } from "../../core/retry.ts";
import type { FlowRun, StoredValue } from "../../core/run.ts";
import { makeState, type State, type StateName, type StateType } from "../../core/state.ts";
import { crashPoint } from "../../store/crash-point.ts";
import { encodeInline, storeText, storeValue } from "../../store/results/values.ts";
import type { RunChange } from "../../store/store.ts";
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
import { Session } from "./session.ts";
import { pause } from "./wait.ts";

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

/** How long a cancelled flow's body may take to notice, ms; what it calls meanwhile is refused. */
const CANCEL_GRACE_MS = 10_000;

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
  #state: State;
  #runTime: number;
  #attempt: number;
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
    this.#state = init.run.state;
    this.#runTime = init.run.totalRunTime;
    this.#attempt = init.run.runCount;
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
    const outcome = this.#attempts();
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
    const init = this.#scopeInit();
    this.#scope = this.#fresh ? BodyScope.fresh(init) : await BodyScope.open(init);
    this.#frame = this.#newFrame();
    if (!this.#fresh) {
      const name: StateName =
        this.#state.type === "CRASHED" || this.#state.type === "RUNNING" ? "Resuming" : "Retrying";
      const change = { runCount: this.#attempt, endAt: null, error: null, expectedStartAt: null };
      this.#session.post(this.#transition("RUNNING", name === "Resuming" ? "Running" : name, null, change));
    }
    this.#fresh = false;
    await this.#hooks("onRunning", this.#definition.options.onRunning);
  }

  async #body(): Promise<unknown> {
    const { fn, timeout, name } = this.#definition;
    const session = this.#session;
    const body = (signal: AbortSignal) => inFrame({ ...this.#frame, signal }, () => this.#guarded(fn));
    const answer = attempt(session, `Flow "${name}"`, timeout, body, (error) => session.abort(error));
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
    await this.#finish("COMPLETED", "Completed", null, result);
    crashPoint("flow.finished");
    await this.#hooks("onCompletion", this.#definition.options.onCompletion);
    return value;
  }

  /** Decides what follows from an error; true when the run is over. */
  async #ended(error: unknown): Promise<boolean> {
    const session = this.#session;
    if (session.stopped !== null) {
      await this.#crash(session.stopped);
      return true;
    }
    if (session.cancelled !== null) {
      await this.#settleWithin(CANCEL_GRACE_MS);
      await this.#finish("CANCELLED", "Cancelled", errorMessage(session.cancelled), {
        error: recordError(session.cancelled),
      });
      await this.#hooks("onCancellation", this.#definition.options.onCancellation, session.cancelled);
      return true;
    }
    await this.#settleWithin(CANCEL_GRACE_MS);
    if (this.#mayRetry(error)) {
      await this.#awaitRetry(error);
      return false;
    }
    const name = error instanceof TimedOutError ? "TimedOut" : "Failed";
    await this.#finish("FAILED", name, errorMessage(error), { error: recordError(error) });
    await this.#hooks("onFailure", this.#definition.options.onFailure, error);
    return true;
  }

  #mayRetry(error: unknown): boolean {
    if (error instanceof NonRetryable || error instanceof RefusedError) return false;
    return this.#attempt <= this.#run.retries;
  }

  async #awaitRetry(error: unknown): Promise<void> {
    const { options } = this.#definition;
    const own = options.retryDelay ?? this.#control.settings.flows.defaultRetryDelay;
    const delay = retryDelayMs(own, this.#attempt, Math.random(), error);
    const expectedStartAt = nowMicros() + Math.round(delay * 1000);
    const message = errorMessage(error);
    this.#session.post(this.#transition("SCHEDULED", "AwaitingRetry", message, { expectedStartAt }));
    engineLog(
      this.#frame,
      30,
      `Flow run failed (${message}); attempt ${this.#attempt + 1} in ${formatDuration(delay)}`,
    );
    this.#session.close();
    this.#session = this.#newSession();
    await pause(delay, this.#session);
    this.#attempt++;
  }

  /** Waits for a run's retry that an earlier process began to wait for. */
  async resumeRetry(): Promise<void> {
    const due = this.#run.expectedStartAt;
    if (due !== null) await pause((due - nowMicros()) / 1000, this.#session);
  }

  /** What was on its way may end, but a body that hangs does not keep the run. */
  async #settleWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#session.settled(), late]);
    clearTimeout(timer);
  }

  async #crash(error: StoppedError): Promise<void> {
    this.#session.close();
    this.#scope.close();
    if (this.#session.channel.failure === null) {
      const change = { endAt: nowMicros(), release: true, error: recordError(error) };
      await this.#session.channel.write(this.#transition("CRASHED", "Crashed", errorMessage(error), change));
    }
    engineLog(this.#frame, 40, errorMessage(error));
    await this.#hooks("onCrashed", this.#definition.options.onCrashed, error);
  }

  #interrupt(error: StoppedError): void {
    this.#session.freeze(error);
    const message = errorMessage(error);
    this.#session.interrupt(message);
    const change = { endAt: nowMicros(), release: true };
    this.#session.channel.post(this.#transition("CRASHED", "Crashed", message, change));
    // Nothing of this execution comes back; whoever resumes the run here must not wait for it.
    removeActiveRun(this.#run.id);
  }

  async #finish(
    type: StateType,
    name: StateName,
    message: string | null,
    change: Partial<RunChange>,
  ): Promise<void> {
    const session = this.#session;
    this.#scope.close();
    const op = this.#transition(type, name, message, { ...change, endAt: nowMicros(), release: true });
    try {
      await session.channel.write(op);
    } catch (failure) {
      const error = failure instanceof StoppedError ? failure : null;
      if (error !== null) session.stop(error);
      throw failure;
    } finally {
      session.close();
    }
    engineLog(
      this.#frame,
      type === "COMPLETED" ? 20 : 40,
      `Finished in state ${name}${message === null ? "" : `: ${message}`}`,
    );
  }

  #transition(type: StateType, name: StateName, message: string | null, change: Partial<RunChange>) {
    const timestamp = Math.max(nowMicros(), this.#state.timestamp + 1);
    if (this.#state.type === "RUNNING") this.#runTime += timestamp - this.#state.timestamp;
    this.#state = makeState({ id: newId(), type, name, timestamp, message });
    const full = { ...change, state: this.#state, totalRunTime: this.#runTime };
    return { op: "run-state", runId: this.#run.id, change: full } as const;
  }

  #store(value: unknown): StoredValue | null | Promise<StoredValue> {
    const { persistResult, serializer } = this.#definition.options;
    if (persistResult === false) return null;
    const what = `the result of flow "${this.#definition.name}"`;
    const storage = this.#control.results;
    if (serializer !== undefined && serializer !== "json")
      return storeValue(value, { what, storage, serializer });
    const encoded = encodeInline(value, what);
    return "tooLarge" in encoded ? storeText(encoded.tooLarge, storage) : encoded;
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
      runCount: this.#attempt,
      scheduledStartTime: null,
    };
    const state = { type: this.#state.type, name: this.#state.name, message: this.#state.message };
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
      attempt: this.#attempt,
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
      flow: { run: this.#run, input, attempt: this.#attempt, taskRunner },
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
    facts: { flowRunId: run.id },
  });
}
