/**
 * States: what a run can be, as data.
 *
 * A state has a *type* (one of nine, fixed) and a *name* (free; the field's well-known names are
 * listed here so that nobody has to spell them). Everything that decides reads the type; everything
 * that people read shows the name.
 */

export const STATE_TYPES = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "PAUSED",
  "CANCELLING",
  "CANCELLED",
  "COMPLETED",
  "FAILED",
  "CRASHED",
] as const;

export type StateType = (typeof STATE_TYPES)[number];

export const TERMINAL_STATE_TYPES = ["CANCELLED", "COMPLETED", "FAILED", "CRASHED"] as const;

export type TerminalStateType = (typeof TERMINAL_STATE_TYPES)[number];

/** The names that engines, workers and services give; a user may use any other. */
export type WellKnownStateName =
  | "Scheduled"
  | "Late"
  | "AwaitingRetry"
  | "AwaitingConcurrencySlot"
  | "Resuming"
  | "Pending"
  | "Submitting"
  | "InfrastructurePending"
  | "Running"
  | "Retrying"
  | "Rerunning"
  | "Paused"
  | "Suspended"
  | "NotReady"
  | "Cancelling"
  | "Cancelled"
  | "Completed"
  | "Cached"
  | "RolledBack"
  | "Failed"
  | "TimedOut"
  | "Crashed";

export type StateName = WellKnownStateName | (string & {});

/** The bag of facts that travels with a state; field names are Prefect's, in camelCase. */
export interface StateDetails {
  flowRunId?: string;
  taskRunId?: string;
  childFlowRunId?: string;
  /** µs since the epoch. */
  scheduledTime?: number;
  cacheKey?: string;
  /** µs since the epoch. */
  cacheExpiration?: number;
  deferred?: boolean;
  untrackableResult?: boolean;
  /** µs since the epoch. */
  pauseTimeout?: number;
  pauseReschedule?: boolean;
  pauseKey?: string;
  runInputKeyset?: Record<string, string>;
  refreshCache?: boolean;
  retriable?: boolean;
  transitionId?: string;
  taskParametersId?: string;
  traceparent?: string;
  deploymentConcurrencyLeaseId?: string;
}

export interface State {
  readonly id: string;
  readonly type: StateType;
  readonly name: StateName;
  /** µs since the epoch. */
  readonly timestamp: number;
  readonly message: string | null;
  readonly details: StateDetails;
  /** What the state carries: a reference to a result, or null. Opaque to the rules. */
  readonly data: unknown;
}

/** The name a state type has when nobody gave another. */
export const DEFAULT_STATE_NAME: Readonly<Record<StateType, WellKnownStateName>> = {
  SCHEDULED: "Scheduled",
  PENDING: "Pending",
  RUNNING: "Running",
  PAUSED: "Paused",
  CANCELLING: "Cancelling",
  CANCELLED: "Cancelled",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CRASHED: "Crashed",
};

const TERMINAL: ReadonlySet<string> = new Set(TERMINAL_STATE_TYPES);

/**
 * Whether nothing more happens to a run in this state by itself.
 *
 * @example
 * isTerminal("FAILED"); // true
 */
export function isTerminal(type: StateType): type is TerminalStateType {
  return TERMINAL.has(type);
}

export interface StateInit {
  id: string;
  type: StateType;
  timestamp: number;
  name?: StateName;
  message?: string | null;
  details?: StateDetails;
  data?: unknown;
}

/** Makes a whole state of its parts; the id and the time come from outside because `core` has neither. */
export function makeState(init: StateInit): State {
  return {
    id: init.id,
    type: init.type,
    name: init.name ?? DEFAULT_STATE_NAME[init.type],
    timestamp: init.timestamp,
    message: init.message ?? null,
    details: init.details ?? {},
    data: init.data ?? null,
  };
}
