import { isTerminal, makeState, type State } from "../../state.ts";
import { abort, ANY_STATE, keep, leaving, reject, rejectToCurrent, states, type PlainRule } from "../rule.ts";
import type { FlowRunFacts } from "../run-facts.ts";

/** A pause waits in the process; a suspension (`pauseReschedule`) ends it, so something must start it again. */
export const handlePausingFlows: PlainRule<FlowRunFacts> = {
  name: "HandlePausingFlows",
  from: ANY_STATE,
  to: states("PAUSED"),
  decide({ run, initial, proposed, newId }) {
    const verb = proposed.name === "Suspended" ? "suspend" : "pause";
    if (initial === null) return abort(`Cannot ${verb} a run that has no state.`);
    if (initial.type !== "RUNNING") {
      return rejectToCurrent(`Cannot ${verb} a run that is not running; it is ${initial.type}.`);
    }
    const key = proposed.details.pauseKey ?? newId();
    if (run.policy.pauseKeys.includes(key)) return rejectToCurrent(`This ${verb} has already fired.`);
    if (proposed.details.pauseReschedule === true) {
      if (run.parentTaskRunId !== null) {
        return abort(`Cannot ${verb} a subflow: it lives in its parent's process.`);
      }
      if (!run.restartable) {
        return abort(`Cannot ${verb} a run without a deployment: nothing could start it again.`);
      }
    }
    const { policy } = run;
    return keep({ changes: { policy: { ...policy, pauseKeys: [...policy.pauseKeys, key] } } });
  },
};

export const handleResumingPausedFlows: PlainRule<FlowRunFacts> = {
  name: "HandleResumingPausedFlows",
  from: states("PAUSED"),
  to: ANY_STATE,
  decide: leaving(({ run, proposed, now, newId }, initial) => {
    if (!leadsOutOfPause(proposed)) {
      return rejectToCurrent(`A PAUSED run can resume or end, but not become ${proposed.type}.`);
    }
    const what = initial.name.toLowerCase();
    if (initial.details.pauseReschedule === true && !run.restartable) {
      return rejectToCurrent(`Cannot reschedule a ${what} run without a deployment.`);
    }
    const { pauseTimeout } = initial.details;
    if (pauseTimeout !== undefined && pauseTimeout < now) {
      const message = `The flow was ${what} and never resumed.`;
      return reject(
        makeState({ id: newId(), type: "FAILED", timestamp: now, message }),
        `The run was ${what} for longer than its timeout and can no longer resume.`,
      );
    }
    return keep({ changes: { policy: { ...run.policy, resuming: true } } });
  }),
};

function leadsOutOfPause({ type }: State): boolean {
  return type === "RUNNING" || type === "SCHEDULED" || isTerminal(type);
}
