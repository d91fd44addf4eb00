import type { JournalEntry } from "../core/run.ts";
import type { CallSpec } from "./engine/call.ts";
import { TaskScope } from "./engine/scope.ts";
import { Session } from "./engine/session.ts";
import { TaskExecution } from "./engine/task-execution.ts";
import { ambientTags, currentFrame, type Frame } from "./context.ts";
import { getControl } from "./control.ts";
import type { TaskDefinition } from "./task-definition.ts";

/**
 * Calls a task where the code stands: as a durable call of the run it is in, or by itself.
 *
 * The call gets its place in the journal before this function returns; nothing above the journal may
 * be awaited first.
 */
export function callTask(
  definition: TaskDefinition,
  args: readonly unknown[],
  onEntry?: (entry: JournalEntry) => void,
): Promise<unknown> {
  const frame = currentFrame();
  if (frame === undefined) return callDetached(definition, args, onEntry);
  try {
    const { session, scope, transaction } = frame;
    const spec = taskSpec(definition, args, frame);
    if (transaction === null) return session.call(scope, spec, onEntry);
    return transaction.join(definition, (note) =>
      session.call(scope, spec, (entry) => {
        note(entry);
        onEntry?.(entry);
      }),
    );
  } catch (error) {
    return Promise.reject(error);
  }
}

function taskSpec(definition: TaskDefinition, args: readonly unknown[], frame: Frame): CallSpec {
  return {
    kind: definition.kind,
    name: definition.name,
    taskKey: definition.name,
    key: definition.options.key,
    tags: mergeTags(frame.tags, definition.options.tags),
    execute: (live) => new TaskExecution(definition, args, frame, live).run(),
  };
}

function mergeTags(outer: readonly string[], own: readonly string[] | undefined): readonly string[] {
  if (own === undefined || own.length === 0) return outer;
  if (outer.length === 0) return own;
  return [...new Set([...outer, ...own])];
}

/** A task outside any flow keeps its retries, cache and limits; nothing resumes it. */
async function callDetached(
  definition: TaskDefinition,
  args: readonly unknown[],
  onEntry: ((entry: JournalEntry) => void) | undefined,
): Promise<unknown> {
  const tags = ambientTags();
  const control = await getControl();
  const release = await control.hold();
  const session = new Session({ control, flowRunId: null, fence: 0 });
  const scope = new TaskScope("detached", 1, null);
  const { signal } = session;
  const { logPrints = false } = definition.options;
  const frame: Frame = { session, scope, signal, tags, logPrints, flow: null, task: null, transaction: null };
  try {
    return await session.call(scope, taskSpec(definition, args, frame), onEntry);
  } finally {
    await session.settled();
    release();
  }
}
