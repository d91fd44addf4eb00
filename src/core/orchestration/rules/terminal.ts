import { isTerminal, type State } from "../../state.ts";
import {
  abort,
  ANY_STATE,
  keep,
  leaving,
  rejectToCurrent,
  states,
  TERMINAL,
  type PlainRule,
  type Refused,
} from "../rule.ts";
import type { FlowRunFacts, RunFacts, TaskRunFacts } from "../run-facts.ts";
import { hasPersistedResult, losesResult } from "../state-facts.ts";

/** States that only a run which has not ended can enter. */
const ONLY_BEFORE_THE_END = states("CANCELLING", "PAUSED", "CRASHED");

const RESULT_WOULD_BE_LOST = "The run is already COMPLETED and the proposed state lacks its result.";

/** A flow run that ended may begin again, but a result that it gave is never taken back. */
export const handleFlowTerminalStateTransitions: PlainRule<FlowRunFacts> = {
  name: "HandleFlowTerminalStateTransitions",
  from: TERMINAL,
  to: ANY_STATE,
  decide: leaving(({ run, proposed }, initial) => {
    const toFinal = isTerminal(proposed.type);
    if (ONLY_BEFORE_THE_END.has(proposed.type)) return hasEnded(initial);
    if (initial.type === "COMPLETED" && hasPersistedResult(initial) && !toFinal) {
      return rejectToCurrent("The run is already COMPLETED and its result is stored.");
    }
    if (losesResult(initial, proposed)) return rejectToCurrent(RESULT_WOULD_BE_LOST);
    if (proposed.type === "SCHEDULED" && !run.restartable) {
      return abort("The run cannot be scheduled again: it has no deployment that could start it.");
    }
    if (toFinal) return keep();
    // A run that begins again pauses where it paused before.
    const retryType = proposed.type === "SCHEDULED" ? "reschedule" : null;
    return keep({ changes: { policy: { pauseKeys: [], resuming: false, retryType } } });
  }),
};

/** What remains of the rule above when a transition is forced. */
export const preventResultDataLoss: PlainRule<RunFacts> = {
  name: "PreventResultDataLoss",
  from: states("COMPLETED"),
  to: states("COMPLETED"),
  decide: leaving(({ proposed }, initial) =>
    losesResult(initial, proposed) ? rejectToCurrent(RESULT_WOULD_BE_LOST) : keep(),
  ),
};

/** A task run that ended may run again, with all its retries, unless it left a result. */
export const handleTaskTerminalStateTransitions: PlainRule<TaskRunFacts> = {
  name: "HandleTaskTerminalStateTransitions",
  from: TERMINAL,
  to: ANY_STATE,
  decide: leaving(({ run, proposed }, initial) => {
    if (ONLY_BEFORE_THE_END.has(proposed.type)) return hasEnded(initial);
    if (initial.type === "COMPLETED" && hasPersistedResult(initial)) {
      return rejectToCurrent("The run is already COMPLETED and its result is stored.");
    }
    if (isTerminal(proposed.type)) return keep();
    const flowRetries = run.flowRun !== null && run.flowRunCount < run.flowRun.runCount;
    return keep({
      changes: { runCount: 0 },
      proposed: proposed.type === "RUNNING" && flowRetries ? { ...proposed, name: "Retrying" } : proposed,
    });
  }),
};

function hasEnded(initial: State): Refused<RunFacts> {
  return abort(`The run has already ended: it is ${initial.type}.`);
}
