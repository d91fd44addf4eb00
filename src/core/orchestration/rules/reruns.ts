import { ANY_STATE, keep, leaving, states, type PlainRule } from "../rule.ts";
import type { RunFacts } from "../run-facts.ts";

export const renameReruns: PlainRule<RunFacts> = {
  name: "RenameReruns",
  from: ANY_STATE,
  to: states("RUNNING"),
  decide: leaving(({ run, proposed }, initial) => {
    if (run.runCount === 0) return keep();
    const name = initial.name === "AwaitingRetry" ? "Retrying" : "Rerunning";
    return keep({ proposed: { ...proposed, name } });
  }),
};
