import { getClient } from "segno";

import type { TaskProgress } from "./progress.ts";
import type { TalliedRun } from "./run-table.ts";

/** How far the tasks of a run are, in the order in which they first appeared. */
export async function progressOf(flowRunId: string): Promise<TaskProgress[]> {
  const { taskRuns } = await getClient();
  const tasks = await taskRuns.summary(flowRunId);
  return tasks.map(({ name, count, byState }) => ({
    name,
    count,
    done: (byState.Completed ?? 0) + (byState.Cached ?? 0),
  }));
}

/** Every task run of a run, in call order. */
export async function taskRunsOf(flowRunId: string): Promise<TalliedRun[]> {
  const { taskRuns } = await getClient();
  const runs: TalliedRun[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const page = await taskRuns.list({ flowRunId, kinds: ["task"] }, { limit: 1000, after });
    runs.push(...page.rows);
    after = page.cursor;
  }
  return runs;
}

/** The newest run of a flow. */
export async function newestRunOf(flowName: string): Promise<{ id: string; name: string }> {
  const { flowRuns } = await getClient();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  if (!run) throw new Error(`there is no run of ${flowName}`);
  return run;
}
