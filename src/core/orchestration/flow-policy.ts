import {
  bypassCancellingFlowRunsWithNoInfra,
  enforceCancellingToCancelledTransition,
} from "./rules/cancelling.ts";
import {
  preserveDeploymentConcurrencyLeaseId,
  releaseFlowConcurrencySlots,
  removeDeploymentConcurrencyLeaseForOldClientVersions,
  secureFlowConcurrencySlots,
  validateDeploymentConcurrencyAtRunning,
} from "./rules/deployment-slots.ts";
import { preventDuplicateTransitions } from "./rules/duplicates.ts";
import type { FlowFactName } from "./facts.ts";
import { instrumentFlowRunStateTransitions } from "./rules/instrumentation.ts";
import { ensureOnlyScheduledFlowsMarkedLate } from "./rules/late.ts";
import { handlePausingFlows, handleResumingPausedFlows } from "./rules/pausing.ts";
import { preventPendingTransitions } from "./rules/pending.ts";
import { retryFailedFlows } from "./rules/retries.ts";
import type { Policy } from "./rule.ts";
import type { FlowRunFacts } from "./run-facts.ts";
import { copyScheduledTime, waitForScheduledTime } from "./rules/scheduling.ts";
import { handleFlowTerminalStateTransitions } from "./rules/terminal.ts";

/** Every rule of a flow run's life, in the order in which they are heard. */
export const FLOW_POLICY: Policy<FlowRunFacts, FlowFactName> = [
  preserveDeploymentConcurrencyLeaseId,
  preventDuplicateTransitions,
  handleFlowTerminalStateTransitions,
  enforceCancellingToCancelledTransition,
  bypassCancellingFlowRunsWithNoInfra,
  preventPendingTransitions,
  validateDeploymentConcurrencyAtRunning,
  secureFlowConcurrencySlots,
  removeDeploymentConcurrencyLeaseForOldClientVersions,
  ensureOnlyScheduledFlowsMarkedLate,
  handlePausingFlows,
  handleResumingPausedFlows,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedFlows,
  instrumentFlowRunStateTransitions,
  releaseFlowConcurrencySlots,
];
