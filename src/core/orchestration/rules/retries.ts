import { retryDelayMs } from "../../retry.ts";
import { makeState, type State } from "../../state.ts";
import { keep, reject, states, type PlainRule, type Transition } from "../rule.ts";
import type { FlowRunFacts, RunFacts, TaskRunFacts } from "../run-facts.ts";

export const retryFailedFlows: PlainRule<FlowRunFacts> = {
  name: "RetryFailedFlows",
  from: states("RUNNING"),
  to: states("FAILED"),
  decide(transition) {
    const { run } = transition;
    // Cleared, so that whoever retries the run by hand may have it started elsewhere.
    if (!hasRetryLeft(run)) return keep({ changes: { policy: { ...run.policy, retryType: null } } });
    return reject(awaitingRetry(transition, 0), "Retrying", {
      policy: { pauseKeys: [], resuming: false, retryType: "in_process" },
    });
  },
};

export const retryFailedTasks: PlainRule<TaskRunFacts> = {
  name: "RetryFailedTasks",
  from: states("RUNNING"),
  to: states("FAILED"),
  decide(transition) {
    const { run, proposed } = transition;
    if (proposed.details.retriable === false || !hasRetryLeft(run)) return keep();
    return reject(awaitingRetry(transition, run.retryJitter), "Retrying");
  },
};

function hasRetryLeft({ runCount, retries }: RunFacts): boolean {
  // Attempts may go uncounted where somebody else ran them, which makes no retry of none.
  return retries > 0 && runCount <= retries;
}

function awaitingRetry(transition: Transition<RunFacts>, jitter: number): State {
  const { run, proposed, now, newId, random } = transition;
  const delay = retryDelayMs(run.retryDelay, Math.max(run.runCount, 1), random(), undefined, jitter) * 1000;
  return makeState({
    id: newId(),
    type: "SCHEDULED",
    name: "AwaitingRetry",
    timestamp: now,
    message: proposed.message,
    data: proposed.data,
    details: { scheduledTime: now + Math.max(0, delay) },
  });
}
