import { makeState } from "../../state.ts";
import { abort, ANY_STATE, keep, reject, states, type PlainRule } from "../rule.ts";
import type { TaskRunFacts } from "../run-facts.ts";
import { withDetails } from "../state-facts.ts";

/** A task belongs to a running flow; while the flow is paused its tasks wait with it. */
export const preventRunningTasksFromStoppedFlows: PlainRule<TaskRunFacts> = {
  name: "PreventRunningTasksFromStoppedFlows",
  from: ANY_STATE,
  to: states("RUNNING"),
  decide({ run: { flowRun }, now, newId }) {
    if (flowRun === null || flowRun.state?.type === "RUNNING") return keep();
    if (flowRun.state?.type !== "PAUSED") {
      return abort(`The task's flow run is ${flowRun.state?.type ?? "without a state"}, not RUNNING.`);
    }
    const { pauseTimeout, pauseReschedule } = flowRun.state.details;
    const notReady = makeState({ id: newId(), type: "PAUSED", name: "NotReady", timestamp: now });
    return reject(
      withDetails(notReady, { pauseTimeout, pauseReschedule }),
      `The flow run ${flowRun.id} is paused; its tasks can run once it is resumed.`,
    );
  },
};

/** A later attempt of the flow recognises by this number the tasks that it has not run yet. */
export const updateFlowRunTrackerOnTasks: PlainRule<TaskRunFacts> = {
  name: "UpdateFlowRunTrackerOnTasks",
  from: ANY_STATE,
  to: states("RUNNING"),
  decide: ({ run }) =>
    run.flowRun === null ? keep() : keep({ changes: { flowRunCount: run.flowRun.runCount } }),
};
