import { drive, driveAsync } from "./drive.ts";
import {
  answerFrom,
  type AsyncOracle,
  type Deliberation,
  type KnownFacts,
  type TaskFactName,
} from "./facts.ts";
import { MINIMAL_TASK_POLICY } from "./minimal-policy.ts";
import { orchestrate, type Orchestration } from "./orchestrate.ts";
import { transitionOf, type ProposalInit } from "./proposal.ts";
import { taskRunFacts, type KnownTaskRun, type TaskRunFacts } from "./run-facts.ts";
import { BACKGROUND_TASK_POLICY, TASK_POLICY } from "./task-policy.ts";
import { TASK_TRANSFORMS } from "./transforms.ts";

export type TaskOrchestration = Orchestration<TaskRunFacts>;

export interface TaskRunProposal extends ProposalInit {
  readonly run: KnownTaskRun;
  /** `"background"` for a task that task workers claim by its key. */
  readonly policy?: "core" | "background";
}

/**
 * Decides what comes of a state proposed for a task run.
 *
 * Tasks that an engine runs itself do not come here: the engine decides and reports. These are the
 * states that somebody proposes through the API, and background tasks.
 *
 * @example
 * const answer = orchestrateTaskRun({ run: { id, tags, flowRun }, initial, proposed, now, newId });
 */
export function orchestrateTaskRun(
  proposal: TaskRunProposal & { readonly facts?: KnownFacts<TaskFactName> },
): TaskOrchestration {
  const facts = proposal.facts ?? {};
  return drive(deliberate(proposal), {
    tagSlots: answerFrom(facts, "tagSlots"),
    cachedState: answerFrom(facts, "cachedState"),
  });
}

/** The same with facts that have to be fetched; see `orchestrateFlowRunAsync`. */
export function orchestrateTaskRunAsync(
  proposal: TaskRunProposal,
  oracle: AsyncOracle<TaskFactName>,
): Promise<TaskOrchestration> {
  return driveAsync(deliberate(proposal), oracle);
}

function deliberate(proposal: TaskRunProposal): Deliberation<TaskFactName, TaskOrchestration> {
  const policy =
    proposal.force === true
      ? MINIMAL_TASK_POLICY
      : proposal.policy === "background"
        ? BACKGROUND_TASK_POLICY
        : TASK_POLICY;
  return orchestrate(transitionOf(taskRunFacts(proposal.run), proposal), policy, TASK_TRANSFORMS);
}
