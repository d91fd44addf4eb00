import { ANY_STATE, keep, leaving, states, type PlainRule } from "../rule.ts";
import type { TaskRunFacts } from "../run-facts.ts";
import { withDetails } from "../state-facts.ts";

/** The worker that runs the task finds its arguments by this id. */
export const copyTaskParametersId: PlainRule<TaskRunFacts> = {
  name: "CopyTaskParametersID",
  from: states("SCHEDULED", "PENDING"),
  to: states("PENDING", "RUNNING"),
  decide: leaving(({ proposed }, initial) => {
    const { taskParametersId } = initial.details;
    if (taskParametersId === undefined || proposed.details.taskParametersId !== undefined) return keep();
    return keep({ proposed: withDetails(proposed, { taskParametersId }) });
  }),
};

export const enqueueScheduledTasks: PlainRule<TaskRunFacts> = {
  name: "EnqueueScheduledTasks",
  from: ANY_STATE,
  to: states("SCHEDULED"),
  decide({ run, proposed }) {
    if (proposed.details.deferred !== true) return keep();
    const queue = proposed.name === "AwaitingRetry" ? "retry" : "scheduled";
    return keep({ effects: [{ kind: "enqueue-task", taskRunId: run.id, queue }] });
  },
};
