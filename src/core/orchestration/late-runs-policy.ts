import type { FlowFactName } from "./facts.ts";
import { instrumentFlowRunStateTransitions } from "./rules/instrumentation.ts";
import { enforceDeploymentConcurrencyOnLate, ensureOnlyScheduledFlowsMarkedLate } from "./rules/late.ts";
import type { Policy } from "./rule.ts";
import type { FlowRunFacts } from "./run-facts.ts";

/** What the service that marks runs late is held to. */
export const LATE_RUNS_POLICY: Policy<FlowRunFacts, FlowFactName> = [
  ensureOnlyScheduledFlowsMarkedLate,
  enforceDeploymentConcurrencyOnLate,
  instrumentFlowRunStateTransitions,
];
