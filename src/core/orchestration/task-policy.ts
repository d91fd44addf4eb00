import { copyTaskParametersId, enqueueScheduledTasks } from "./rules/background-tasks.ts";
import { cacheInsertion, cacheRetrieval } from "./rules/caching.ts";
import { preventRunningTasksFromStoppedFlows, updateFlowRunTrackerOnTasks } from "./rules/enclosing-flow.ts";
import type { TaskFactName } from "./facts.ts";
import { preventPendingTransitions } from "./rules/pending.ts";
import { renameReruns } from "./rules/reruns.ts";
import { retryFailedTasks } from "./rules/retries.ts";
import type { Policy } from "./rule.ts";
import type { TaskRunFacts } from "./run-facts.ts";
import { copyScheduledTime, waitForScheduledTime } from "./rules/scheduling.ts";
import { releaseTaskConcurrencySlots, secureTaskConcurrencySlots } from "./rules/tag-slots.ts";
import { handleTaskTerminalStateTransitions } from "./rules/terminal.ts";

/** Every rule of a task run whose states are proposed one by one, in order. */
export const TASK_POLICY: Policy<TaskRunFacts, TaskFactName> = [
  cacheRetrieval,
  handleTaskTerminalStateTransitions,
  preventRunningTasksFromStoppedFlows,
  secureTaskConcurrencySlots,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedTasks,
  renameReruns,
  updateFlowRunTrackerOnTasks,
  cacheInsertion,
  releaseTaskConcurrencySlots,
];

/**
 * A task that workers run on its own: claimed like a flow run, and free of the flow that sent it,
 * which may have ended long before.
 */
export const BACKGROUND_TASK_POLICY: Policy<TaskRunFacts, TaskFactName> = [
  preventPendingTransitions,
  cacheRetrieval,
  handleTaskTerminalStateTransitions,
  copyScheduledTime,
  copyTaskParametersId,
  waitForScheduledTime,
  retryFailedTasks,
  renameReruns,
  updateFlowRunTrackerOnTasks,
  cacheInsertion,
  releaseTaskConcurrencySlots,
  enqueueScheduledTasks,
];
