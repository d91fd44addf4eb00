import { makeState, type State } from "../../state.ts";
import { renewsLeases } from "./client-version.ts";
import { ask } from "../facts.ts";
import {
  ANY_STATE,
  anyStateBut,
  keep,
  leaving,
  abort,
  reject,
  states,
  type AskingRule,
  type Consequence,
  type PlainRule,
  type Refused,
  type Transition,
} from "../rule.ts";
import type { FlowRunFacts, RunFacts } from "../run-facts.ts";
import { occupiesSlot, withDetails } from "../state-facts.ts";

/*
 * A deployment's concurrency limit.
 *
 * A run takes a slot when it becomes Pending, so that no infrastructure is made for a run that
 * cannot start, and holds it through Running and Cancelling. A lease stands for the slot; its id
 * travels in the states' details, and everything that gives a slot back names the lease. So a slot
 * that the reaper already took back is never given back a second time, from under somebody else.
 */

export const preserveDeploymentConcurrencyLeaseId: PlainRule<RunFacts> = {
  name: "PreserveDeploymentConcurrencyLeaseId",
  from: ANY_STATE,
  to: ANY_STATE,
  decide: leaving(({ proposed }, initial) => {
    const leaseId = initial.details.deploymentConcurrencyLeaseId;
    if (leaseId === undefined || proposed.details.deploymentConcurrencyLeaseId !== undefined) return keep();
    return keep({ proposed: withLease(proposed, leaseId) });
  }),
};

/** Infrastructure may take longer to start than the lease lasts; here the run learns whether it may go on. */
export const validateDeploymentConcurrencyAtRunning: AskingRule<FlowRunFacts, "deploymentLease"> = {
  name: "ValidateDeploymentConcurrencyAtRunning",
  from: states("PENDING"),
  to: states("RUNNING"),
  *deliberate(transition) {
    const { run, proposed, clientVersion } = transition;
    const leaseId = proposed.details.deploymentConcurrencyLeaseId;
    if (leaseId === undefined || run.deploymentId === null || !renewsLeases(clientVersion)) return keep();

    const lease = yield* ask("deploymentLease", {
      deploymentId: run.deploymentId,
      flowRunId: run.id,
      leaseId,
    });
    switch (lease.outcome) {
      case "no-limit":
      case "renewed":
        return keep();
      case "reaped-reacquired":
        return keep({
          proposed: withLease(proposed, lease.leaseId),
          cleanup: [{ kind: "release-slot", leaseId: lease.leaseId }],
        });
      case "reaped-full":
        return cancel(
          transition,
          "The deployment's concurrency slot was lost while the run started, and none is free.",
        );
    }
  },
};

export const secureFlowConcurrencySlots: AskingRule<FlowRunFacts, "deploymentSlot"> = {
  name: "SecureFlowConcurrencySlots",
  from: anyStateBut("PENDING", "RUNNING", "CANCELLING"),
  to: states("PENDING"),
  *deliberate(transition) {
    const { run, initial, proposed, now, newId, settings } = transition;
    if (run.deploymentId === null) return keep();
    // A retry that kept its slot and is submitted anew must not wait for itself.
    const holdsOne = initial?.details.deploymentConcurrencyLeaseId !== undefined;
    if (holdsOne && occupiesSlot(initial, run.policy)) return keep();

    const slot = yield* ask("deploymentSlot", { deploymentId: run.deploymentId, flowRunId: run.id });
    switch (slot.outcome) {
      case "no-limit":
        return keep();
      case "deployment-missing":
        return abort("The run's deployment does not exist any more.");
      case "limit-zero":
        return abort("The deployment's concurrency limit is 0: the run could never start.");
      case "taken":
        return keep({
          proposed: withLease(proposed, slot.leaseId),
          cleanup: [{ kind: "release-slot", leaseId: slot.leaseId }],
        });
      case "full": {
        const reason = "The deployment's concurrency limit is reached.";
        if (slot.strategy === "CANCEL_NEW") return cancel(transition, reason);
        const awaiting = makeState({
          id: newId(),
          type: "SCHEDULED",
          name: "AwaitingConcurrencySlot",
          timestamp: now,
          details: { scheduledTime: now + settings.deploymentSlotWait },
        });
        return reject(awaiting, reason);
      }
    }
  },
};

/** Clients that never renew would lose their slot to the reaper in the middle of the run. */
export const removeDeploymentConcurrencyLeaseForOldClientVersions: PlainRule<RunFacts> = {
  name: "RemoveDeploymentConcurrencyLeaseForOldClientVersions",
  from: states("PENDING"),
  to: states("RUNNING", "CANCELLING"),
  decide: leaving(({ clientVersion }, initial) => {
    const leaseId = initial.details.deploymentConcurrencyLeaseId;
    if (leaseId === undefined || renewsLeases(clientVersion)) return keep();
    return keep({ effects: [{ kind: "pin-lease", leaseId }] });
  }),
};

export const releaseFlowConcurrencySlots: Consequence<FlowRunFacts> = {
  name: "ReleaseFlowConcurrencySlots",
  follow({ asked, state, run }) {
    const leaseId = asked.initial?.details.deploymentConcurrencyLeaseId;
    const leaves = occupiesSlot(asked.initial, asked.run.policy) && !occupiesSlot(state, run.policy);
    return leaseId !== undefined && leaves ? [{ kind: "release-slot", leaseId }] : [];
  },
};

function withLease(state: State, leaseId: string): State {
  return withDetails(state, { deploymentConcurrencyLeaseId: leaseId });
}

export function cancel(
  { now, newId }: Pick<Transition<RunFacts>, "now" | "newId">,
  reason: string,
): Refused<RunFacts> {
  return reject(makeState({ id: newId(), type: "CANCELLED", timestamp: now, message: reason }), reason);
}
