import { ANY_STATE, keep, leaving, rejectToCurrent, type PlainRule } from "../rule.ts";
import type { RunFacts } from "../run-facts.ts";

/** A client that never got its answer asks again: it gets the answer, and nothing happens twice. */
export const preventDuplicateTransitions: PlainRule<RunFacts> = {
  name: "PreventDuplicateTransitions",
  from: ANY_STATE,
  to: ANY_STATE,
  decide: leaving(({ proposed }, initial) => {
    const id = proposed.details.transitionId;
    if (id === undefined || id !== initial.details.transitionId) return keep();
    return rejectToCurrent("This run has already made this state transition.");
  }),
};
