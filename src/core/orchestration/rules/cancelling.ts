import { makeState } from "../../state.ts";
import { anyStateBut, keep, leaving, reject, rejectToCurrent, states, type PlainRule } from "../rule.ts";
import type { FlowRunFacts, RunFacts } from "../run-facts.ts";

/** Once its infrastructure is being torn down, a run can only become Cancelled. */
export const enforceCancellingToCancelledTransition: PlainRule<RunFacts> = {
  name: "EnforceCancellingToCancelledTransition",
  from: states("CANCELLING"),
  to: anyStateBut("CANCELLED"),
  decide: ({ proposed }) =>
    rejectToCurrent(`The run is being cancelled: it can only become CANCELLED, not ${proposed.type}.`),
};

/** Cancelling is for tearing down infrastructure; where there is none, the run is Cancelled at once. */
export const bypassCancellingFlowRunsWithNoInfra: PlainRule<FlowRunFacts> = {
  name: "BypassCancellingFlowRunsWithNoInfra",
  from: states("SCHEDULED", "PAUSED"),
  to: states("CANCELLING"),
  decide: leaving(({ run, now, newId }, initial) => {
    const suspended = initial.type === "PAUSED" && initial.details.pauseReschedule === true;
    const without = run.infrastructurePid === null || initial.name === "Resuming" || suspended;
    if (!without) return keep();
    return reject(
      makeState({ id: newId(), type: "CANCELLED", timestamp: now }),
      `The run is ${initial.name} and has no infrastructure to stop.`,
    );
  }),
};
