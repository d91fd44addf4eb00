import type { MessagePort } from "node:worker_threads";
import type { Control } from "../../client/control.ts";
import { RefusedError } from "../../core/errors.ts";
import { reviveError } from "../../core/recorded-error.ts";
import type { JournalOp } from "../../store/store.ts";
import { onAbort } from "../abort-listeners.ts";
import type { Frame } from "../context.ts";
import type { CallSpec } from "../engine/call.ts";
import { AttemptClock } from "../engine/attempt-clock.ts";
import { TaskScope } from "../engine/scope.ts";
import type { Session } from "../engine/session.ts";
import { heartbeatSlot } from "../heartbeat.ts";
import { inline } from "./in-process.ts";
import {
  type FromWorker,
  QUESTIONS,
  type Question,
  type QuestionRoom,
  type ThreadContext,
  type ToWorker,
} from "./thread-protocol.ts";

/**
 * A run's session as a worker thread has it: lines and rows go to the run's thread, questions are
 * answered by it, and calls of the journal are refused.
 */
class ThreadSession {
  readonly flowRunId: string | null;
  readonly control: Control;
  readonly stopped = null;
  readonly cancelled = null;
  readonly signal: AbortSignal;
  readonly channel: {
    write(op: JournalOp): Promise<unknown>;
    post(op: JournalOp): void;
    flush(): Promise<void>;
  };
  readonly #port: MessagePort;
  readonly #taskName: string;

  constructor(port: MessagePort, context: ThreadContext, taskName: string, signal: AbortSignal) {
    const ask = questioner(port);
    this.flowRunId = context.flowRunId;
    this.control = remoteControl(context, ask);
    this.signal = signal;
    this.#port = port;
    this.#taskName = taskName;
    this.channel = {
      write: (op) => ask(["journal", "write"], [op]),
      post: (op) => this.post(op),
      flush: () => Promise.resolve(),
    };
  }

  post(op: JournalOp): void {
    if (op.op === "log") send(this.#port, { type: "log", line: op.line });
    else void this.channel.write(op);
  }

  onAbort(listener: (reason: Error) => void): () => void {
    return onAbort(this.signal, listener);
  }

  /** The run's own thread waits for this task, and so for all that it awaits. */
  track(): void {}

  call(_scope: unknown, spec: CallSpec): never {
    throw new RefusedError({
      code: "SEGNO_THREAD_CALL",
      message: `Task "${this.#taskName}" runs in a worker thread and called the ${spec.kind} "${spec.name}" from there.`,
      help: "Call tasks, steps and flows from a flow, or take this task out of threads() with `taskRunner: concurrent(…)`.",
      facts: { task: this.#taskName, kind: spec.kind, called: spec.name },
    });
  }
}

/** The frame in which a worker thread runs the body of a task, and a last word of its progress. */
export function threadFrame(
  port: MessagePort,
  context: ThreadContext,
  taskName: string,
  signal: AbortSignal,
): { readonly frame: Frame; readonly flush: () => void } {
  const { entry, tags, logPrints, run, attempt } = context;
  // The session's class is named by its private fields; all that a task's body asks of it is here.
  const session = new ThreadSession(port, context, taskName, signal) as unknown as Session;
  let posted = entry.heartbeat;
  const post = () => {
    if (entry.heartbeat === null || entry.heartbeat === posted) return;
    posted = entry.heartbeat;
    send(port, { type: "beat", details: posted });
  };
  const frame: Frame = {
    session,
    scope: new TaskScope(entry.id, entry.flowRunCount, null),
    flow: run === null ? null : { run, input: undefined, attempt, taskRunner: inline },
    task: {
      entry,
      heartbeat: heartbeatSlot(entry, { entry, resumed: false, post }),
      // The timeout is kept where the attempt is: in the run's own thread.
      clock: new AttemptClock(undefined),
    },
    signal,
    tags,
    transaction: null,
    logPrints,
  };
  return { frame, flush: post };
}

export function send(port: MessagePort, message: FromWorker): void {
  port.postMessage(message);
}

type Ask = (question: Question, args: readonly unknown[]) => Promise<unknown>;

function questioner(port: MessagePort): Ask {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let last = 0;
  port.on("message", (message: ToWorker) => {
    if (message.type === "abort") return;
    const asked = open.get(message.id);
    open.delete(message.id);
    if (message.type === "answer") asked?.resolve(message.value);
    else asked?.reject(reviveError(message.error));
  });
  return (of, args) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      open.set(id, { resolve, reject });
      send(port, { type: "ask", id, of, args });
    });
}

function remoteControl({ settings, executorId, location }: ThreadContext, ask: Ask): Control {
  const repositories = { variables: remote("variables", ask), artifacts: remote("artifacts", ask) };
  const control = {
    settings,
    executorId,
    location,
    uiUrl: null,
    limits: remote("limits", ask),
    repositories: () => Promise.resolve(repositories),
    ready: () => null,
    // The run's thread holds for it.
    hold: () => Promise.resolve(() => undefined),
    ...remote("control", ask),
  };
  return control as unknown as Control;
}

/** An object whose methods are the questions of one room. */
function remote(
  room: QuestionRoom,
  ask: Ask,
): Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>> {
  return Object.fromEntries(
    QUESTIONS[room].map((method) => [method, (...args: unknown[]) => ask([room, method], args)]),
  );
}
