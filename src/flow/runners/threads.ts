import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import type { Piscina } from "piscina";
import { type Duration, parseDuration } from "../../core/duration.ts";
import { RefusedError } from "../../core/errors.ts";
import { errorMessage } from "../../core/recorded-error.ts";
import { showValue } from "../../core/value-kind.ts";
import { onAbort } from "../abort-listeners.ts";
import { currentFrame, type Frame } from "../context.ts";
import { concurrent } from "./in-process.ts";
import type { TaskJob, TaskRunner } from "./task-runner.ts";
import { serveThread, threadContext } from "./thread-host.ts";
import type { ThreadJob, ToWorker } from "./thread-protocol.ts";

/** Options of {@link threads}. */
export interface ThreadsOptions {
  /** Tasks at once; default the number of processors. */
  readonly maxThreads?: number;
  /** How long a thread without work is kept; default 10 s. */
  readonly idleTimeout?: Duration;
}

/**
 * Runs the bodies of tasks in worker threads, so that work for the processor neither blocks the flow
 * nor waits for other such work. Steps, and what the flow does itself, stay in its thread.
 *
 * A thread loads the module that defines the task and finds it by name; arguments and results are
 * copied (structured clone). A task in a thread has its logger, heartbeats, signal, artifacts,
 * variables, events and concurrency limits; it cannot call tasks or flows. Cancelled or timed out, it
 * has half a second to heed its signal before its thread is ended.
 *
 * @example
 * export const render = task({ name: "render", taskRunner: threads({ maxThreads: 4 }) }, (page: Page) => draw(page));
 */
export function threads(options: ThreadsOptions = {}): TaskRunner {
  if (typeof options !== "object" || options === null)
    throw wrongThreads("options such as { maxThreads }", options);
  const { maxThreads = availableParallelism(), idleTimeout = "10s" } = options;
  if (!Number.isSafeInteger(maxThreads) || maxThreads < 1) {
    throw wrongThreads("a whole number of at least 1", maxThreads);
  }
  return new ThreadRunner(maxThreads, parseDuration(idleTimeout, "threads: idleTimeout"));
}

function wrongThreads(expected: string, got: unknown): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `threads({ maxThreads }) takes ${expected}; got ${showValue(got)}.`,
    help: "Write threads({ maxThreads: 4 }), or threads() for a thread for each processor.",
    facts: { option: "maxThreads", got: showValue(got) },
  });
}

/** How long a task may take to heed its signal before its thread is ended. */
const ABORT_GRACE_MS = 500;

class ThreadRunner implements TaskRunner {
  readonly name = "threads";
  readonly #maxThreads: number;
  readonly #idleTimeout: number;
  /**
   * Jobs wait here and not in Piscina's queue: it starts no new thread for what is queued when one
   * was ended, so a job behind a cancelled one could wait for ever.
   */
  #turns: TaskRunner;
  #pool: Promise<Piscina> | null = null;
  readonly #running = new Set<Promise<unknown>>();

  constructor(maxThreads: number, idleTimeout: number) {
    this.#maxThreads = maxThreads;
    this.#idleTimeout = idleTimeout;
    this.#turns = concurrent({ limit: maxThreads });
  }

  run(job: TaskJob): unknown {
    const frame = currentFrame();
    // A step is a closure over the flow's variables, which no other thread has.
    if (frame?.task?.entry.kind !== "task") return job.invoke();
    const running = this.#turns.run({ ...job, nested: false, invoke: () => this.#inThread(job, frame) });
    const work = Promise.resolve(running);
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }

  /** Waits for the tasks that run, then ends the threads. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    const pool = this.#pool;
    this.#pool = null;
    if (pool !== null) await (await pool).destroy();
  }

  async #inThread(job: TaskJob, frame: Frame): Promise<unknown> {
    const file = fileOf(job);
    const pool = await (this.#pool ??= newPool(this.#maxThreads, this.#idleTimeout));
    job.signal.throwIfAborted();
    job.onStart();
    const { port1: port, port2 } = new MessageChannel();
    const { taskName, args } = job;
    const context = threadContext(frame, entryOf(frame));
    const message: ThreadJob = { taskName, file, args, context, port: port2 };
    const kill = new AbortController();
    let grace: NodeJS.Timeout | undefined;
    const forget = onAbort(job.signal, (reason) => {
      port.postMessage({ type: "abort", reason: errorMessage(reason) } satisfies ToWorker);
      grace = setTimeout(() => kill.abort(reason), ABORT_GRACE_MS);
    });
    const served = serveThread(port, job, frame);
    const ended = pool.run(message, { transferList: [port2], signal: kill.signal });
    try {
      // The thread answers on its port; what the pool adds is the news of a thread's death.
      const [value] = await Promise.all([served, ended]);
      return value;
    } catch (error) {
      const death = await ended.then(
        () => null,
        (cause: unknown) => died(failures.get(pool) ?? cause, job),
      );
      throw death ?? error;
    } finally {
      forget();
      clearTimeout(grace);
      port.close();
    }
  }
}

function entryOf(frame: Frame) {
  if (frame.task === null) throw new Error("unreachable: a task's job has a task's frame");
  return frame.task.entry;
}

function fileOf({ taskName, definedIn }: TaskJob): string {
  if (definedIn !== null) return definedIn;
  throw new RefusedError({
    code: "SEGNO_THREAD_NO_FILE",
    message: `Which file defines task "${taskName}" is not known, so no worker thread can load it.`,
    help: "Define the task in a module of its own that the program imports.",
    facts: { task: taskName },
  });
}

async function newPool(maxThreads: number, idleTimeout: number): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  const here = fileURLToPath(import.meta.url);
  const fromSources = here.endsWith(".ts");
  const pool = new Piscina({
    filename: here.replace(/threads\.([jt])s$/, "thread-worker.$1s"),
    name: "runInThread",
    minThreads: 0,
    maxThreads,
    idleTimeout,
    // A worker that sleeps in Atomics.wait could neither print nor answer between two tasks.
    atomics: "disabled",
    recordTiming: false,
    ...(fromSources ? { execArgv: sourceArgs() } : {}),
  });
  pool.on("error", (error: unknown) => {
    // An answer that crossed its thread's end on the way; unheard, it would end the process.
    if (pool.threads.length > 0) return;
    // The thread could not start, and Piscina starts no other for what waits in it.
    failures.set(pool, error);
    void pool.destroy();
  });
  return pool;
}

/** Why the threads of a pool could not start. */
const failures = new WeakMap<Piscina, unknown>();

/**
 * Run from its TypeScript sources, Segno needs a loader in its threads, too: tsx as the program was
 * given it serves only the main thread on Node 20.
 */
function sourceArgs(): string[] {
  const { execArgv } = process;
  const conditions = execArgv.filter(
    (arg, at) => CONDITION.test(arg) || BARE_CONDITION.test(execArgv[at - 1] ?? ""),
  );
  const register = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))}; register();`;
  return [...conditions, "--import", `data:text/javascript,${encodeURIComponent(register)}`];
}

const CONDITION = /^(--conditions|-C)(=|$)/;
/** One whose value is the next argument. */
const BARE_CONDITION = /^(--conditions|-C)$/;

/** Why the thread could not take the job or did not finish it. */
function died(cause: unknown, { taskName, args }: TaskJob): Error {
  if (cause instanceof Error && cause.name === "DataCloneError") return notCloneable(cause, args, taskName);
  const why = errorMessage(cause);
  return new Error(`The worker thread of task "${taskName}" ended before the task did: ${why}`, { cause });
}

function notCloneable(cause: Error, args: readonly unknown[], task: string): RefusedError {
  const index = args.findIndex((arg) => !cloneable(arg));
  const which = index === -1 ? "What it was given" : `Argument ${index + 1}`;
  return new RefusedError({
    code: "SEGNO_NOT_CLONEABLE",
    message: `${which} of task "${task}" cannot go to a worker thread: ${cause.message}`,
    help: "Give plain data: no functions, no class instances with private state, no open handles.",
    facts: { task, argument: index },
    cause,
  });
}

function cloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
