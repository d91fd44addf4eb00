import { ask } from "../facts.ts";
import { abort, ANY_STATE, keep, states, wait, type AskingRule, type Consequence } from "../rule.ts";
import type { TaskRunFacts } from "../run-facts.ts";
import { SECOND } from "../settings.ts";

export const secureTaskConcurrencySlots: AskingRule<TaskRunFacts, "tagSlots"> = {
  name: "SecureTaskConcurrencySlots",
  from: ANY_STATE,
  to: states("RUNNING"),
  *deliberate({ run, settings, random }) {
    const { id: taskRunId, tags } = run;
    if (tags.length === 0) return keep();
    const slots = yield* ask("tagSlots", { taskRunId, tags });
    switch (slots.outcome) {
      case "no-limit":
        return keep();
      case "taken":
        return keep({ cleanup: [{ kind: "release-task-slots", taskRunId, tags }] });
      case "limit-zero":
        return abort(`The concurrency limit of the tag "${slots.tag}" is 0: the task could never run.`);
      case "full": {
        const longest = settings.tagSlotWait;
        const delay =
          slots.averageOccupancy === null ? longest : spreadWait(slots.averageOccupancy, longest, random);
        // Never 0, which would have the client ask in a tight loop.
        const seconds = Math.max(1, Math.round(delay / SECOND));
        return wait(seconds, `The concurrency limit is reached for the tags: ${slots.tags.join(", ")}.`);
      }
    }
  },
};

/**
 * How long until somebody gives back what is held `average` long: exponentially spread, so that
 * those who wait do not come back all at once, and never above `longest`.
 */
function spreadWait(average: number, longest: number, random: () => number): number {
  return Math.min(longest, -Math.log(1 - random()) * average);
}

const HOLDS_SLOTS = states("RUNNING", "CANCELLING");

export const releaseTaskConcurrencySlots: Consequence<TaskRunFacts> = {
  name: "ReleaseTaskConcurrencySlots",
  follow: ({ state, run }) =>
    HOLDS_SLOTS.has(state.type) || run.tags.length === 0
      ? []
      : [{ kind: "release-task-slots", taskRunId: run.id, tags: run.tags }],
};
