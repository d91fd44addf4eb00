import { type Artifact, type FlowRun, type JournalEntry, TASK_RUN_KINDS } from "../../src/core/run.ts";
import { getControl } from "../../src/flow/control.ts";

export interface RecordedRun {
  run: FlowRun;
  /** The names of the states that the run went through. */
  states: string[];
  /** Its task runs, in call order. */
  tasks: readonly JournalEntry[];
  logs: string[];
  artifacts: readonly Artifact[];
}

/** What the journal holds of the newest run of a flow, for a test to look at. */
export async function newestRun(flowName: string): Promise<RecordedRun> {
  const control = await getControl();
  await control.drain();
  const { flowRuns, taskRuns, logs, artifacts } = await control.repositories();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  if (!run) throw new Error(`there is no run of ${flowName}`);
  const of = { flowRunId: run.id };
  return {
    run,
    states: (await flowRuns.states(run.id)).map((state) => state.name),
    tasks: (await taskRuns.list({ ...of, kinds: TASK_RUN_KINDS }, { limit: 1000 })).rows,
    logs: (await logs.list(of, { limit: 1000 })).rows.map((line) => line.message),
    artifacts: (await artifacts.list(of, { limit: 100 })).rows,
  };
}
