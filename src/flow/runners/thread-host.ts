import type { MessagePort } from "node:worker_threads";
import type { JournalEntry } from "../../core/run.ts";
import { recordError, reviveError } from "../../core/recorded-error.ts";
import { decodeJson } from "../../core/serialize.ts";
import type { JournalOp } from "../../store/store.ts";
import type { Frame } from "../context.ts";
import { keepLine } from "../logging/log.ts";
import type { TaskJob } from "./task-runner.ts";
import type { FromWorker, Question, ThreadContext, ToWorker } from "./thread-protocol.ts";

/** What a worker thread is told of the run that its task belongs to. */
export function threadContext(frame: Frame, entry: JournalEntry): ThreadContext {
  const { session, flow, tags, logPrints } = frame;
  const { settings, executorId, location } = session.control;
  return {
    // The run's thread prints; two threads that write to one stderr would mix their lines.
    settings: { ...settings, logging: { ...settings.logging, print: "never" } },
    executorId,
    location,
    flowRunId: session.flowRunId,
    run: flow === null ? null : { ...flow.run, parameters: null },
    attempt: flow?.attempt ?? 1,
    entry: { ...entry, stateType: "RUNNING", runCount: entry.runCount + 1 },
    tags,
    logPrints,
  };
}

/**
 * Serves a worker's port until the task has ended: keeps its lines and heartbeats, asks the control
 * plane for it, and settles as the task does.
 */
export function serveThread(port: MessagePort, job: TaskJob, frame: Frame): Promise<unknown> {
  return new Promise((resolve, reject) => {
    port.on("message", (message: FromWorker) => {
      switch (message.type) {
        case "start":
          job.onStart();
          return;
        case "log": {
          const { level, message: text, logger } = message.line;
          if (logger === "segno.prints") keepLine(frame, level, text, logger);
          else job.onLog(level, text);
          return;
        }
        case "beat":
          job.onHeartbeat(decodeJson(message.details));
          return;
        case "ask":
          void answer(port, frame, message);
          return;
        case "done":
          resolve(message.value);
          return;
        case "failed":
          // What the task threw, whatever it was.
          reject(reviveError(message.error));
      }
    });
  });
}

async function answer(
  port: MessagePort,
  frame: Frame,
  question: Extract<FromWorker, { type: "ask" }>,
): Promise<void> {
  const { id } = question;
  let reply: ToWorker;
  try {
    const value = await ask(frame, question.of, question.args);
    reply = { type: "answer", id, value };
  } catch (error) {
    reply = { type: "refusal", id, error: recordError(error) };
  }
  port.postMessage(reply);
}

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

/** The worker's side lets only the listed questions through. */
async function ask(frame: Frame, [room, method]: Question, args: readonly unknown[]): Promise<unknown> {
  const { session } = frame;
  if (room === "journal") return session.channel.write(args[0] as JournalOp);
  const owner = await ownerOf(frame, room);
  const call = (owner as Readonly<Record<string, Method | undefined>>)[method];
  return call?.apply(owner, [...args]);
}

async function ownerOf(frame: Frame, room: Exclude<Question[0], "journal">): Promise<unknown> {
  const { control } = frame.session;
  if (room === "control") return control;
  if (room === "limits") return control.limits;
  return (await control.repositories())[room];
}
