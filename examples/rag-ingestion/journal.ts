import { TASK_RUN_KINDS } from "../../src/core/run.ts";
import { getControl } from "../../src/flow/control.ts";
import type { TalliedRun } from "./run-table.ts";
import type { TaskProgress } from "./progress.ts";

/** How far the tasks of a run are, in the order in which they first appeared. */
export async function progressOf(flowRunId: string): Promise<TaskProgress[]> {
  const { taskRuns } = await (await getControl()).repositories();
  const summary = await taskRuns.summary(flowRunId);
  return summary.map(({ name, count, byState }) => ({
    name,
    count,
    done: (byState.Completed ?? 0) + (byState.Cached ?? 0),
  }));
}

/** The newest run of a flow. */
export async function newestRun(flowName: string): Promise<{ id: string; name: string; state: string }> {
  const { flowRuns } = await (await getControl()).repositories();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  if (!run) throw new Error(`there is no run of ${flowName}`);
  return { id: run.id, name: run.name, state: run.state.name };
}

/** Every task run of a run, in call order. */
export async function taskRunsOf(flowRunId: string): Promise<TalliedRun[]> {
  const { taskRuns } = await (await getControl()).repositories();
  const runs: TalliedRun[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof taskRuns.list>> = await taskRuns.list(
      { flowRunId, kinds: TASK_RUN_KINDS },
      { limit: 1000, after },
    );
    runs.push(...page.rows);
    after = page.cursor;
  } while (after !== null);
  return runs;
}
