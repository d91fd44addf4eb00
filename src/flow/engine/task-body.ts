import type { JournalEntry } from "../../core/run.ts";
import { type Frame, type HeartbeatSlot, inFrame } from "../context.ts";
import { heartbeatSlot } from "../heartbeat.ts";
import { runTaskHooks } from "../hooks.ts";
import { captureConsole } from "../logging/console-capture.ts";
import { engineLog } from "../logging/log.ts";
import { inline } from "../runners/in-process.ts";
import type { TaskJob } from "../runners/task-runner.ts";
import type { TaskDefinition } from "../task-definition.ts";
import type { AttemptClock } from "./attempt-clock.ts";
import type { LiveCall } from "./call.ts";
import { mark } from "./entry.ts";
import { recordedCalls } from "./recorded-calls.ts";
import { TaskScope } from "./scope.ts";

/** The body of a task: run where its runner says, in a frame and a scope of its own. */
export class TaskBody {
  readonly #definition: TaskDefinition;
  readonly #parent: Frame;
  readonly #live: LiveCall;
  readonly #entry: JournalEntry;
  #heartbeat: HeartbeatSlot | null = null;
  /** An earlier attempt called tasks of its own: the next one must find them. */
  #nestedCalls: boolean;
  #scope: TaskScope | null = null;

  constructor(definition: TaskDefinition, parent: Frame, live: LiveCall) {
    this.#definition = definition;
    this.#parent = parent;
    this.#live = live;
    this.#entry = live.entry;
    this.#nestedCalls = live.resumed;
  }

  /** Carries out one attempt; the entry is Running from when the user's code begins. */
  invoke(args: readonly unknown[], signal: AbortSignal, clock: AttemptClock): unknown {
    const { id } = this.#entry;
    const { flowRunCount } = this.#parent.scope;
    if (!this.#nestedCalls) return this.#run(new TaskScope(id, flowRunCount, null), args, signal, clock);
    return recordedCalls(this.#parent.session, id).then((recorded) =>
      this.#run(new TaskScope(id, flowRunCount, recorded), args, signal, clock),
    );
  }

  /**
   * Resolves when the calls of the last attempt have ended, those that its code left alone as well: a
   * task that has ended is not begun again, and the next attempt must not find a call on its way.
   */
  settled(): Promise<void> | null {
    return this.#scope?.settled() ?? null;
  }

  #run(scope: TaskScope, args: readonly unknown[], signal: AbortSignal, clock: AttemptClock): unknown {
    this.#scope = scope;
    const { fn, options } = this.#definition;
    const entry = this.#entry;
    const parent = this.#parent;
    const heartbeat = (this.#heartbeat ??= heartbeatSlot(entry, this.#live));
    const { logPrints = parent.logPrints, taskRunner } = options;
    if (logPrints) captureConsole();
    const task = { entry, heartbeat, clock };
    const { tags } = entry;
    const frame: Frame = { ...parent, scope, signal, task, tags, logPrints, transaction: null };
    scope.onFirstCall = () => {
      this.#nestedCalls = true;
    };
    const started = this.#starter(clock);
    const invoke = () => {
      const hooked = started();
      const body = () => inFrame(frame, () => fn(...args));
      return hooked === undefined ? body() : hooked.then(body);
    };
    const runner = taskRunner ?? parent.flow?.taskRunner ?? inline;
    if (runner === inline) return invoke();
    const job: TaskJob = {
      taskName: this.#definition.name,
      args,
      signal,
      nested: parent.task !== null,
      invoke,
      onStart: () => void started(),
      definedIn: this.#definition.definedIn(),
      onHeartbeat: (details) => heartbeat.beat(details),
      lastHeartbeat: heartbeat.last,
      onLog: (level, message) => engineLog(frame, level, message, "segno.task_runs"),
    };
    return inFrame(frame, () => runner.run(job));
  }

  /** What is to happen once, when the attempt's code begins; undefined when nothing of it takes time. */
  #starter(clock: AttemptClock): () => Promise<void> | undefined {
    let done = false;
    return () => {
      if (done) return undefined;
      done = true;
      clock.begin();
      const entry = this.#entry;
      const again = entry.stateName === "AwaitingRetry" ? "Retrying" : "Rerunning";
      mark(entry, "RUNNING", entry.runCount > 0 ? again : "Running");
      entry.runCount++;
      this.#live.post();
      if (this.#definition.options.onRunning === undefined) return undefined;
      return runTaskHooks("onRunning", this.#definition, this.#parent, entry);
    };
  }
}
