import type { State, StateName, StateType } from "../state.ts";

/**
 * What has to happen beside the new state, as data.
 *
 * The caller carries every effect out in the transaction that stores the state; and also when no
 * state is stored, because then they undo what an answer to a question already did.
 */
export type Effect =
  /** Give back what the lease holds and end it. A lease that is gone already holds nothing. */
  | { readonly kind: "release-slot"; readonly leaseId: string }
  /** Let the lease stand without renewal until a `release-slot` names it. */
  | { readonly kind: "pin-lease"; readonly leaseId: string }
  /** Give back every slot that the task run holds on its tags' limits. */
  | { readonly kind: "release-task-slots"; readonly taskRunId: string; readonly tags: readonly string[] }
  | {
      readonly kind: "emit-event";
      /** The state's: the event is the state's announcement, and is stored once. */
      readonly id: string;
      readonly event: string;
      readonly occurred: number;
      readonly payload: TransitionPayload;
    }
  | {
      readonly kind: "insert-cache";
      readonly cacheKey: string;
      /** µs since the epoch, or null for never. */
      readonly expiration: number | null;
      readonly stateId: string;
    }
  /** Hand a background task to the workers that serve its key. */
  | { readonly kind: "enqueue-task"; readonly taskRunId: string; readonly queue: "scheduled" | "retry" }
  /** Set the parent's task run that stands for this subflow to this state, by force. */
  | { readonly kind: "mirror-to-parent-task"; readonly taskRunId: string; readonly state: State }
  /** Make the `result` artifact that shows the state's data. */
  | {
      readonly kind: "store-result";
      readonly stateId: string;
      readonly flowRunId: string | null;
      readonly taskRunId: string | null;
      readonly data: unknown;
    };

export interface TransitionPayload {
  readonly intended: { readonly from: StateType | null; readonly to: StateType };
  readonly initialState: StateSummary | null;
  readonly validatedState: StateSummary;
}

export interface StateSummary {
  readonly type: StateType;
  readonly name: StateName;
  readonly message: string | null;
}
