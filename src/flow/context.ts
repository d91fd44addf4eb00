import { AsyncLocalStorage } from "node:async_hooks";
import { RefusedError } from "../core/errors.ts";
import type { FlowRun, JournalEntry } from "../core/run.ts";
import { showValue } from "../core/value-kind.ts";
import type { AttemptClock } from "./engine/attempt-clock.ts";
import type { Scope } from "./engine/scope.ts";
import type { Session } from "./engine/session.ts";
import type { Transaction } from "./transaction.ts";
import type { TaskRunner } from "./runners/task-runner.ts";

/**
 * Where code runs: in which run, in whose body, under which signal. Carried by async context, so
 * that nothing has to be passed through the user's functions.
 */
export interface Frame {
  readonly session: Session;
  /** Where the calls made here are numbered and found. */
  readonly scope: Scope;
  readonly flow: FlowFrame | null;
  readonly task: TaskFrame | null;
  readonly signal: AbortSignal;
  readonly tags: readonly string[];
  readonly transaction: Transaction | null;
  readonly logPrints: boolean;
}

export interface FlowFrame {
  readonly run: FlowRun;
  readonly input: unknown;
  readonly attempt: number;
  readonly taskRunner: TaskRunner;
}

export interface TaskFrame {
  readonly entry: JournalEntry;
  readonly heartbeat: HeartbeatSlot;
  /** The attempt's timeout; it stands still while the task waits for a slot. */
  readonly clock: AttemptClock;
}

/** What a task said last of its progress, for its next attempt. */
export interface HeartbeatSlot {
  last: unknown;
  beat(details: unknown): void;
}

/** Shared by every copy of this module in a process (a bundle, a loader's second copy). */
const KEY = Symbol.for("segno.frames.v1");
const shared = globalThis as { [KEY]?: AsyncLocalStorage<Frame> };
const frames: AsyncLocalStorage<Frame> = (shared[KEY] ??= new AsyncLocalStorage<Frame>());

export function currentFrame(): Frame | undefined {
  return frames.getStore();
}

export function inFrame<T>(frame: Frame, work: () => T): T {
  return frames.run(frame, work);
}

export function requireFrame(what: string): Frame {
  const frame = frames.getStore();
  if (frame !== undefined) return frame;
  throw new RefusedError({
    code: "SEGNO_NO_RUN",
    message: `${what} was called outside a flow or task.`,
    help: "Call it from the body of a flow or a task (and not from a callback that outlives it).",
    facts: { what },
  });
}

/** What a run tells the code that it executes. */
export interface RunContext {
  /** Aborted when the run or the task is cancelled or times out; give it to fetch and to clients. */
  readonly signal: AbortSignal;
  readonly flowRun: FlowRunContext | null;
  readonly taskRun: TaskRunContext | null;
  readonly tags: readonly string[];
}

/** What a flow run tells of itself. */
export interface FlowRunContext {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly flowVersion: string | null;
  readonly parameters: unknown;
  readonly tags: readonly string[];
  readonly parentFlowRunId: string | null;
  readonly rootFlowRunId: string;
  /** Attempts that began, this one included. */
  readonly runCount: number;
  readonly scheduledStartTime: Date | null;
}

/** What a task run tells of itself. */
export interface TaskRunContext {
  readonly id: string;
  readonly name: string;
  readonly taskName: string;
  readonly dynamicKey: string;
  readonly tags: readonly string[];
  /** Attempts that began, this one included. */
  readonly runCount: number;
}

/**
 * The run that the calling code belongs to.
 *
 * @throws RefusedError `SEGNO_NO_RUN` outside a flow or task.
 * @example
 * const { signal } = getRunContext();
 * const page = await fetch(url, { signal });
 */
export function getRunContext(): RunContext {
  const { flow, task, signal, tags } = requireFrame("getRunContext()");
  return {
    signal,
    tags,
    flowRun: flow === null ? null : flowRunContext(flow),
    taskRun: task === null ? null : taskRunContext(task.entry),
  };
}

function flowRunContext({ run, input, attempt }: FlowFrame): FlowRunContext {
  const { id, name, flowName, flowVersion, tags, parentFlowRunId, rootFlowRunId } = run;
  const at = run.expectedStartAt;
  const scheduledStartTime = at === null ? null : new Date(at / 1000);
  return {
    id,
    name,
    flowName,
    flowVersion,
    tags,
    parentFlowRunId,
    rootFlowRunId,
    scheduledStartTime,
    parameters: input,
    runCount: attempt,
  };
}

export function taskRunContext(entry: JournalEntry): TaskRunContext {
  const { id, name, dynamicKey, tags, runCount } = entry;
  return { id, name, dynamicKey, tags, runCount, taskName: entry.taskKey };
}

/**
 * Runs `work` with tags added to every run made in it.
 *
 * @example
 * await tags(["nightly"], () => ingest({ paths }));
 */
export function tags<T>(added: readonly string[], work: () => T): T {
  if (!areTags(added)) throw wrongCall("tags(added, work) takes an array of non-empty texts", added);
  if (typeof work !== "function") throw wrongCall("tags(added, work) takes a function to run", work);
  const frame = frames.getStore();
  if (frame === undefined) return tagged.run([...(tagged.getStore() ?? []), ...added], work);
  return frames.run({ ...frame, tags: [...frame.tags, ...added] }, work);
}

function areTags(value: unknown): boolean {
  return Array.isArray(value) && value.every((tag) => typeof tag === "string" && tag !== "");
}

function wrongCall(expected: string, got: unknown): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `${expected}; got ${showValue(got)}.`,
    help: 'Write tags(["nightly"], () => ingest(input)).',
    facts: { got: showValue(got) },
  });
}

const tagged = new AsyncLocalStorage<readonly string[]>();

/** Tags given by `tags()` around the call of a root flow. */
export function ambientTags(): readonly string[] {
  return frames.getStore()?.tags ?? tagged.getStore() ?? [];
}
