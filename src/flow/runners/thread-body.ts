import { pathToFileURL } from "node:url";
import { RefusedError } from "../../core/errors.ts";
import { errorMessage, recordError } from "../../core/recorded-error.ts";
import { inFrame } from "../context.ts";
import { refuseControl } from "../control.ts";
import { captureConsole } from "../logging/console-capture.ts";
import { findTask } from "../registry.ts";
import type { TaskDefinition } from "../task-definition.ts";
import type { ThreadJob, ToWorker } from "./thread-protocol.ts";
import { send, threadFrame } from "./thread-session.ts";

/**
 * What a worker thread does: it carries out one attempt of one task at a time.
 *
 * It never opens the store. Ending a thread inside a call of the SQLite driver ends the whole
 * process on Node 20, and threads that are cancelled are ended.
 */
refuseControl(
  new RefusedError({
    code: "SEGNO_THREAD_STORE",
    message: "A worker thread of threads() was to open the store.",
    help: "A module that defines tasks for threads() must start nothing when it is loaded: put `if (isMain(import.meta))` around what runs the flow.",
  }),
);

export async function carryOut(job: ThreadJob): Promise<void> {
  const { port, context, args, taskName } = job;
  const abort = new AbortController();
  port.on("message", (message: ToWorker) => {
    if (message.type === "abort") abort.abort(new Error(message.reason));
  });
  try {
    const { fn } = await load(job);
    const { frame, flush } = threadFrame(port, context, taskName, abort.signal);
    if (context.logPrints) captureConsole();
    send(port, { type: "start" });
    try {
      answer(job, await inFrame(frame, () => fn(...args)));
    } finally {
      flush();
    }
  } catch (error) {
    send(port, { type: "failed", error: recordError(error) });
  } finally {
    port.close();
  }
}

function answer({ port, taskName }: ThreadJob, value: unknown): void {
  try {
    send(port, { type: "done", value });
  } catch (cause) {
    throw new RefusedError({
      code: "SEGNO_NOT_CLONEABLE",
      message: `The result of task "${taskName}" cannot leave its worker thread: ${errorMessage(cause)}`,
      help: "Return plain data: no functions, no class instances with private state, no open handles.",
      facts: { task: taskName },
      cause,
    });
  }
}

const loaded = new Map<string, Promise<unknown>>();

async function load({ taskName, file }: ThreadJob): Promise<TaskDefinition> {
  try {
    let loading = loaded.get(file);
    if (loading === undefined) {
      loading = loadModule(file);
      loaded.set(file, loading);
    }
    await loading;
  } catch (cause) {
    throw new RefusedError({
      code: "SEGNO_THREAD_LOAD",
      message: `A worker thread could not load ${file}, which defines task "${taskName}": ${errorMessage(cause)}`,
      facts: { task: taskName, file },
      cause,
    });
  }
  const definition = findTask(taskName);
  if (definition !== undefined) return definition;
  throw new RefusedError({
    code: "SEGNO_THREAD_TASK_UNKNOWN",
    message: `A worker thread loaded ${file} and found no task "${taskName}" there.`,
    help: "Define a task for threads() at the top of its module, under the name it is called by: not in a function, and not behind isMain().",
    facts: { task: taskName, file },
  });
}

async function loadModule(file: string): Promise<unknown> {
  if (/\.[cm]?tsx?$/.test(file) && needsTsx()) {
    const { register } = await import("tsx/esm/api");
    register();
  }
  return import(file.startsWith("file:") ? file : pathToFileURL(file).href);
}

/**
 * Whether TypeScript must be loaded through tsx: Node cannot (before 22.18), or the program was started
 * with it, in which case its code may need more than Node's type stripping.
 */
function needsTsx(): boolean {
  const { typescript } = process.features as { typescript?: unknown };
  if (typescript === undefined || typescript === false) return true;
  return [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].some((text) => text.includes("tsx"));
}
