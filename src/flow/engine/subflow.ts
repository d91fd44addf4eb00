import type { Control } from "../../client/control.ts";
import { newId } from "../../client/time.ts";
import { StoppedError } from "../../core/errors.ts";
import { crashPoint } from "../../store/crash-point.ts";
import type { FlowRun, JournalEntry } from "../../core/run.ts";
import type { Frame } from "../context.ts";
import type { FlowDefinition } from "../flow-definition.ts";
import { pendingArguments } from "../arguments.ts";
import { awaitedFutures } from "../future.ts";
import type { CallSpec, LiveCall, Outcome } from "./call.ts";
import { NOT_KEPT } from "./call.ts";
import { mark } from "./entry.ts";
import { FlowExecution } from "./flow-execution.ts";
import { failureOf, flowInput, goOn, newRun, type StartOptions } from "./start-flow.ts";
import { unlessAborted } from "./wait.ts";

/** A flow called by a flow or a task: a run of its own, and an entry in the caller's journal. */
export function subflowSpec(
  definition: FlowDefinition,
  input: unknown,
  frame: Frame,
  options: StartOptions,
): CallSpec {
  return {
    kind: "flow",
    name: definition.name,
    taskKey: definition.name,
    key: definition.options.key,
    tags: frame.tags,
    execute: (live) => execute(definition, input, frame, options, live),
  };
}

async function execute(
  definition: FlowDefinition,
  given: unknown,
  frame: Frame,
  options: StartOptions,
  live: LiveCall,
): Promise<Outcome> {
  const { session } = frame;
  try {
    const [argument] = (await unlessAborted(resolved(definition, given), session)) as [unknown];
    const input = await flowInput(definition, argument);
    return await run(definition, input, frame, options, live);
  } catch (error) {
    if (error instanceof StoppedError) session.stop(error);
    if (session.cancelled !== null) return { ok: false, error: session.cancelled, stateType: "CANCELLED" };
    return { ok: false, error, stateType: "FAILED" };
  }
}

/** The input with its futures' values, once these and `waitFor` are there. */
async function resolved(definition: FlowDefinition, given: unknown): Promise<unknown[]> {
  await Promise.all(awaitedFutures(definition.options.waitFor).map((future) => future.result()));
  return pendingArguments([given])?.resolve() ?? [given];
}

async function run(
  definition: FlowDefinition,
  input: unknown,
  frame: Frame,
  options: StartOptions,
  live: LiveCall,
): Promise<Outcome> {
  const { session } = frame;
  const { control } = session;
  const { entry } = live;
  const known = entry.childFlowRunId;
  const child = known === null ? null : await earlierChild(control, known, entry);
  const id = child?.id ?? newId();
  entry.childFlowRunId = id;
  entry.runCount++;
  mark(entry, "RUNNING");
  live.post();
  const { signal, taskRunner } = options;
  if (child !== null) {
    // The parent's own claim stands, so whoever held the child has lost it with the parent.
    let execution: FlowExecution | null = null;
    const onExecution = (begun: FlowExecution) => (execution = begun);
    const value = await goOn(control, definition, child, {
      force: true,
      parent: frame,
      signal,
      taskRunner,
      onExecution,
    });
    const stored = (execution as FlowExecution | null)?.stored ?? child.result;
    return completed(value, stored);
  }
  const created = await newRun(
    control,
    definition,
    input,
    { ...options, id },
    { frame, taskRunId: entry.id },
  );
  // In the caller's journal: an execution that has lost the caller must not begin runs for it.
  session.channel.post({ op: "create-run", run: created });
  crashPoint("subflow.created");
  const execution = new FlowExecution({
    control,
    definition,
    input,
    taskRunner,
    signal,
    run: created.run,
    fresh: true,
    parent: frame,
  });
  const value = await execution.execute();
  return completed(value, execution.stored);
}

/** The run that an earlier execution or attempt made of the call; null for another one to be made. */
async function earlierChild(control: Control, id: string, entry: JournalEntry): Promise<FlowRun | null> {
  const child = await (await control.repositories()).flowRuns.get(id);
  if (child === null) return null;
  const { type, timestamp } = child.state;
  const begunAt = unfinishedSince(entry);
  // It failed, and only its caller had not been told yet: that is the outcome, no reason to try again.
  // Looked at before the call is marked as begun anew, since that mark may outlive this process alone.
  const untold = begunAt !== null && timestamp >= begunAt;
  if (type === "FAILED" && untold) throw failureOf(child);
  // What was cancelled with an earlier attempt (by its timeout) does not go on; another takes its place.
  return type === "CANCELLED" && !untold ? null : child;
}

/** When the call began that did not end; null for one that ended, or did not begin. */
function unfinishedSince({ stateType, states }: JournalEntry): number | null {
  if (stateType !== "RUNNING" && stateType !== "CRASHED") return null;
  return states.findLast(([type]) => type === "RUNNING")?.[2] ?? null;
}

function completed(value: unknown, stored: FlowExecution["stored"]): Outcome {
  return { ok: true, value, stored, ...(stored === null ? { message: NOT_KEPT } : {}) };
}
