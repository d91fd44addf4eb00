import type { JournalEntry } from "../core/run.ts";
import { errorMessage } from "../core/recorded-error.ts";
import { type Frame, taskRunContext } from "./context.ts";
import { engineLog } from "./logging/log.ts";
import { type FlowHook, hooks } from "./options.ts";
import type { TaskDefinition } from "./task-definition.ts";
import { detachedView } from "./transaction.ts";

type TaskHookName = "onRunning" | "onCompletion" | "onFailure";

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
  const taskRun = taskRunContext(entry);
  const state = { type: entry.stateType, name: entry.stateName, message: entry.stateMessage };
  for (const hook of hooks(given)) {
    await guarded(frame, `${name} of task "${definition.name}"`, () =>
      hook({ task: { name: definition.name }, taskRun, state, error }),
    );
  }
}

/** Calls the `onCommit` hooks of a task that is in no transaction: it commits by itself. */
export async function runCommitHooks(
  definition: TaskDefinition,
  frame: Frame,
  entry: JournalEntry,
  value: unknown,
): Promise<void> {
  const done = { task: { name: definition.name }, taskRun: taskRunContext(entry), value };
  for (const hook of hooks(definition.options.onCommit)) {
    await guarded(frame, `onCommit of task "${definition.name}"`, () => hook(detachedView(), done));
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
