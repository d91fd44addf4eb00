import { drive, driveAsync } from "./drive.ts";
import {
  answerFrom,
  type AsyncOracle,
  type Deliberation,
  type FlowFactName,
  type KnownFacts,
} from "./facts.ts";
import { FLOW_POLICY } from "./flow-policy.ts";
import { LATE_RUNS_POLICY } from "./late-runs-policy.ts";
import { MINIMAL_FLOW_POLICY } from "./minimal-policy.ts";
import { orchestrate, type Orchestration } from "./orchestrate.ts";
import { transitionOf, type ProposalInit } from "./proposal.ts";
import { flowRunFacts, type FlowRunFacts, type KnownFlowRun } from "./run-facts.ts";
import { FLOW_TRANSFORMS } from "./transforms.ts";

export type FlowOrchestration = Orchestration<FlowRunFacts>;

export interface FlowRunProposal extends ProposalInit {
  readonly run: KnownFlowRun;
  /** `"late"` for the service that marks runs late; otherwise the whole policy. */
  readonly policy?: "core" | "late";
}

/**
 * Decides what comes of a state proposed for a flow run.
 *
 * A `FlowRun` row will do for `run`; whatever it lacks is as in a new run without a deployment.
 * Facts that are not given say that there is no limit.
 *
 * @example
 * const answer = orchestrateFlowRun({ run, initial: run.state, proposed, now, newId });
 * if (answer.status === "REJECT") adopt(answer.state);
 */
export function orchestrateFlowRun(
  proposal: FlowRunProposal & { readonly facts?: KnownFacts<FlowFactName> },
): FlowOrchestration {
  const facts = proposal.facts ?? {};
  return drive(deliberate(proposal), {
    deploymentSlot: answerFrom(facts, "deploymentSlot"),
    deploymentLease: answerFrom(facts, "deploymentLease"),
    deploymentLimit: answerFrom(facts, "deploymentLimit"),
  });
}

/**
 * The same with facts that have to be fetched: each is asked for at most once, and only when every
 * rule before has let the transition through. Run it inside the transaction that locked the run.
 */
export function orchestrateFlowRunAsync(
  proposal: FlowRunProposal,
  oracle: AsyncOracle<FlowFactName>,
): Promise<FlowOrchestration> {
  return driveAsync(deliberate(proposal), oracle);
}

function deliberate(proposal: FlowRunProposal): Deliberation<FlowFactName, FlowOrchestration> {
  const policy =
    proposal.force === true
      ? MINIMAL_FLOW_POLICY
      : proposal.policy === "late"
        ? LATE_RUNS_POLICY
        : FLOW_POLICY;
  return orchestrate(transitionOf(flowRunFacts(proposal.run), proposal), policy, FLOW_TRANSFORMS);
}
