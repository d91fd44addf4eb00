import { DEFAULT_STATE_NAME } from "../../state.ts";
import { abort, keep, leaving, states, type PlainRule } from "../rule.ts";
import type { RunFacts } from "../run-facts.ts";
import { withDetails } from "../state-facts.ts";

/**
 * Of two workers that claim one run, the second is stopped here.
 *
 * The claimer itself may go on through named stages of Pending (Submitting, InfrastructurePending).
 */
export const preventPendingTransitions: PlainRule<RunFacts> = {
  name: "PreventPendingTransitions",
  from: states("PENDING", "RUNNING", "CANCELLING", "CANCELLED"),
  to: states("PENDING"),
  decide: leaving(({ proposed }, initial) => {
    const nextStage =
      initial.type === "PENDING" &&
      proposed.name !== initial.name &&
      proposed.name !== DEFAULT_STATE_NAME.PENDING;
    if (!nextStage) return abort(`The run is ${initial.type} and cannot become PENDING.`);
    const { scheduledTime, deploymentConcurrencyLeaseId } = initial.details;
    return keep({ proposed: withDetails(proposed, { scheduledTime, deploymentConcurrencyLeaseId }) });
  }),
};
