import type { JournalEntry } from "../core/run.ts";
import { errorMessage } from "../core/recorded-error.ts";
import type { Frame } from "./context.ts";
import { engineLog } from "./logging/log.ts";
import { type FlowHook, hooks, type TaskHook } from "./options.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { detachedView } from "./transaction.ts";

type TaskHookName = "onRunning" | "onCompletion" | "onFailure" | "onCommit";

/** Calls a task's hooks one after another. A hook that throws is logged; the run goes on. */
export async function runTaskHooks(
  name: TaskHookName,
  definition: TaskDefinition,
  frame: Frame,
  entry: JournalEntry,
  error?: unknown,
): Promise<void> {
  const given = definition.options[name];
  if (given === undefined) return;
  const { id, dynamicKey, tags, runCount } = entry;
  const taskRun = { id, name: entry.name, taskName: entry.taskKey, dynamicKey, tags, runCount };
  const state = { type: entry.stateType, name: entry.stateName, message: entry.stateMessage };
  for (const hook of hooks(given)) {
    await guarded(frame, `${name} of task "${definition.name}"`, () =>
      name === "onCommit"
        ? (hook as (view: unknown) => unknown)(detachedView())
        : (hook as TaskHook)({ task: { name: definition.name }, taskRun, state, error }),
    );
  }
}

/** Calls a flow's hooks one after another. */
export async function runFlowHooks(
  name: string,
  given: FlowHook | readonly FlowHook[] | undefined,
  frame: Frame,
  event: Parameters<FlowHook>[0],
): Promise<void> {
  for (const hook of hooks(given)) {
    await guarded(frame, `${name} of flow "${event.flow.name}"`, () => hook(event));
  }
}

async function guarded(frame: Frame, what: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    engineLog(frame, 40, `The hook ${what} failed: ${errorMessage(error)}`);
  }
}
