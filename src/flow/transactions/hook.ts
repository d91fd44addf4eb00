import { type Frame, inFrame, taskRunContext } from "../context.ts";
import type { LiveCall } from "../engine/call.ts";
import { recordedCalls } from "../engine/recorded-calls.ts";
import { TaskScope } from "../engine/scope.ts";
import { hooks } from "../options.ts";
import type { DoneTask } from "../transaction.ts";
import { journaled } from "./journaled.ts";
import type { JournalOp } from "../../store/store.ts";

type HookName = "onCommit" | "onRollback";

/** Runs the hooks of one done task, each once; `ops` is written with the last of them. */
export async function runTransactionHooks(
  name: HookName,
  done: DoneTask,
  frame: Frame,
  ops: () => readonly JournalOp[],
): Promise<void> {
  const { definition, entry, value, transaction } = done;
  const given = hooks(definition.options[name]);
  const told = { task: { name: definition.name }, taskRun: taskRunContext(entry), value };
  for (const [index, hook] of given.entries()) {
    const piece = {
      name: `${name} of task "${entry.name}"`,
      taskKey: `${name}:${definition.name}`,
      // A task that runs again after a rollback, in the run's next attempt, has done something new.
      key: `${entry.id}.${entry.runCount}.${index}`,
      work: async (live: LiveCall | null) => {
        const own = live === null ? frame : { ...frame, scope: await hookScope(live, frame) };
        return inFrame({ ...own, transaction: null }, () => hook(transaction.view, told));
      },
      ops: index === given.length - 1 ? ops : () => [],
    };
    await journaled(piece, frame);
  }
}

/** A hook's own calls belong to its entry: a replay of the block, which skips the hook, does not miss them. */
async function hookScope({ entry, resumed }: LiveCall, { session, scope }: Frame): Promise<TaskScope> {
  const recorded = resumed ? await recordedCalls(session, entry.id) : null;
  return new TaskScope(entry.id, scope.flowRunCount, recorded);
}
