import type { State } from "../../state.ts";
import type { StateSummary } from "../effects.ts";
import type { Consequence } from "../rule.ts";
import type { RunFacts } from "../run-facts.ts";

/** Characters of a state's message that its event carries. */
const MESSAGE_LIMIT = 100_000;

export const instrumentFlowRunStateTransitions: Consequence<RunFacts> = {
  name: "InstrumentFlowRunStateTransitions",
  follow: ({ asked, state }) => [
    {
      kind: "emit-event",
      id: state.id,
      event: `prefect.flow-run.${state.name}`,
      occurred: state.timestamp,
      payload: {
        intended: { from: asked.initial?.type ?? null, to: asked.proposed.type },
        initialState: asked.initial && summary(asked.initial),
        validatedState: summary(state),
      },
    },
  ],
};

function summary({ type, name, message }: State): StateSummary {
  return { type, name, message: message?.slice(0, MESSAGE_LIMIT) ?? null };
}
