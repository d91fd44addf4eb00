import { bypassCancellingFlowRunsWithNoInfra } from "./rules/cancelling.ts";
import { releaseFlowConcurrencySlots } from "./rules/deployment-slots.ts";
import type { FlowFactName, TaskFactName } from "./facts.ts";
import { instrumentFlowRunStateTransitions } from "./rules/instrumentation.ts";
import type { Policy } from "./rule.ts";
import type { FlowRunFacts, TaskRunFacts } from "./run-facts.ts";
import { releaseTaskConcurrencySlots } from "./rules/tag-slots.ts";
import { preventResultDataLoss } from "./rules/terminal.ts";

/** What even a forced transition is held to: no result is lost, no slot stays taken. */
export const MINIMAL_FLOW_POLICY: Policy<FlowRunFacts, FlowFactName> = [
  preventResultDataLoss,
  bypassCancellingFlowRunsWithNoInfra,
  instrumentFlowRunStateTransitions,
  releaseFlowConcurrencySlots,
];

export const MINIMAL_TASK_POLICY: Policy<TaskRunFacts, TaskFactName> = [releaseTaskConcurrencySlots];
