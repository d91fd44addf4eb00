import type { State, StateDetails } from "../state.ts";
import type { FlowRunPolicy } from "./run-facts.ts";

/** The state with these details added; what is undefined changes nothing. */
export function withDetails(state: State, details: StateDetails): State {
  const known = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  return { ...state, details: { ...state.details, ...known } };
}

/** Whether the state carries a result that somebody can read again. */
export function hasPersistedResult(state: State): boolean {
  const { data } = state;
  if (data === null || data === undefined) return false;
  return !(typeof data === "object" && "type" in data && data.type === "unpersisted");
}

/** Whether the proposal would put a completed state without a result over one with a result. */
export function losesResult(initial: State, proposed: State): boolean {
  return (
    initial.type === "COMPLETED" &&
    proposed.type === "COMPLETED" &&
    hasPersistedResult(initial) &&
    !hasPersistedResult(proposed)
  );
}

/**
 * Whether a flow run in this state occupies a slot of its deployment.
 *
 * A retry in the same process keeps its slot: the process lives on, and from AwaitingRetry it goes
 * straight to Running, past the Pending at which a slot could be taken again.
 */
export function occupiesSlot(state: State | null, policy: FlowRunPolicy): boolean {
  switch (state?.type) {
    case "PENDING":
    case "RUNNING":
    case "CANCELLING":
      return true;
    case "SCHEDULED":
      return state.name === "AwaitingRetry" && policy.retryType === "in_process";
    default:
      return false;
  }
}
