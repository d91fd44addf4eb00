import { ask } from "../facts.ts";
import { cancel } from "./deployment-slots.ts";
import {
  ANY_STATE,
  keep,
  leaving,
  rejectToCurrent,
  states,
  type AskingRule,
  type PlainRule,
} from "../rule.ts";
import type { FlowRunFacts, RunFacts } from "../run-facts.ts";

/** Marking late races with workers: a run that started meanwhile must not be pulled back. */
export const ensureOnlyScheduledFlowsMarkedLate: PlainRule<RunFacts> = {
  name: "EnsureOnlyScheduledFlowsMarkedLate",
  from: ANY_STATE,
  to: states("SCHEDULED"),
  decide: leaving(({ proposed }, initial) => {
    if (proposed.name !== "Late") return keep();
    if (initial.type !== "SCHEDULED") {
      return rejectToCurrent(`Only a scheduled run can be marked late; this one is ${initial.type}.`);
    }
    return initial.name === "Late" ? rejectToCurrent("The run is already marked late.") : keep();
  }),
};

/** A run that its deployment would cancel anyway is not kept waiting for a slot. */
export const enforceDeploymentConcurrencyOnLate: AskingRule<FlowRunFacts, "deploymentLimit"> = {
  name: "EnforceDeploymentConcurrencyOnLate",
  from: states("SCHEDULED"),
  to: states("SCHEDULED"),
  *deliberate(transition) {
    const { run, proposed } = transition;
    if (proposed.name !== "Late" || run.deploymentId === null) return keep();
    const limit = yield* ask("deploymentLimit", { deploymentId: run.deploymentId });
    if (limit.outcome !== "full" || limit.strategy !== "CANCEL_NEW") return keep();
    return cancel(transition, "The deployment's concurrency limit is reached.");
  },
};
