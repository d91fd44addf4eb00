import type { Duration } from "../duration.ts";
import type { ExponentialBackoff } from "../retry.ts";
import type { State } from "../state.ts";

/**
 * What the rules know of a run. Times are µs since the epoch.
 *
 * The names are those of `FlowRun` and `JournalEntry`, so a row can be handed over as it is.
 */

/** What orchestration itself keeps up to date; the only fields that an answer may change. */
export interface RunBook {
  readonly runCount: number;
  readonly startAt: number | null;
  readonly endAt: number | null;
  /** µs spent Running. */
  readonly totalRunTime: number;
  readonly expectedStartAt: number | null;
  /** When a Scheduled run is due; null in every other state. */
  readonly nextScheduledStartAt: number | null;
}

export interface RunFacts extends RunBook {
  readonly id: string;
  /** How many attempts may follow the first. */
  readonly retries: number;
  /** Milliseconds or `"10s"`; a list gives one for each retry, its last entry serving the rest. */
  readonly retryDelay: Duration | readonly Duration[] | ExponentialBackoff;
}

/** What a flow run remembers between transitions. */
export interface FlowRunPolicy {
  /** Keys of the pauses that fired already: replaying code must not pause there again. */
  readonly pauseKeys: readonly string[];
  /** The run left a pause and has not reached Running yet. */
  readonly resuming: boolean;
  /** Who starts the next attempt: the process that lives on, or whoever starts the deployment's runs. */
  readonly retryType: "in_process" | "reschedule" | null;
}

export interface FlowRunFacts extends RunFacts {
  readonly parentTaskRunId: string | null;
  readonly deploymentId: string | null;
  /** Where the run executes, as its worker named it; null while nobody has to be told to stop. */
  readonly infrastructurePid: string | null;
  /** Whether anybody can start the run's code again; unless told, whether it has a deployment. */
  readonly restartable: boolean;
  readonly policy: FlowRunPolicy;
}

/** The flow run around a task run. */
export interface EnclosingFlowRun {
  readonly id: string;
  readonly state: State | null;
  readonly runCount: number;
}

export interface TaskRunFacts extends RunFacts {
  readonly flowRunId: string | null;
  readonly flowRun: EnclosingFlowRun | null;
  /** The flow run's attempt that this task run last ran in. */
  readonly flowRunCount: number;
  readonly tags: readonly string[];
  /** Spreads a retry's delay evenly by up to this share of it, either way; 0 for none. */
  readonly retryJitter: number;
}

/** What an answer may change of a run: its book, and what its kind remembers. */
export type RunChanges<Run> = Partial<Pick<Run, keyof Run & (keyof RunBook | "policy" | "flowRunCount")>>;

/** A flow run as far as the caller knows it; the rest is what a new run has that nobody deployed. */
export type KnownFlowRun = Partial<FlowRunFacts> & Pick<FlowRunFacts, "id">;

/** A task run as far as the caller knows it. */
export type KnownTaskRun = Partial<TaskRunFacts> & Pick<TaskRunFacts, "id">;

const NO_POLICY: FlowRunPolicy = { pauseKeys: [], resuming: false, retryType: null };

export function flowRunFacts(known: KnownFlowRun): FlowRunFacts {
  const deploymentId = known.deploymentId ?? null;
  return {
    ...runFacts(known),
    parentTaskRunId: known.parentTaskRunId ?? null,
    deploymentId,
    infrastructurePid: known.infrastructurePid ?? null,
    restartable: known.restartable ?? deploymentId !== null,
    policy: known.policy ?? NO_POLICY,
  };
}

export function taskRunFacts(known: KnownTaskRun): TaskRunFacts {
  return {
    ...runFacts(known),
    flowRunId: known.flowRunId ?? known.flowRun?.id ?? null,
    flowRun: known.flowRun ?? null,
    flowRunCount: known.flowRunCount ?? 0,
    tags: known.tags ?? [],
    retryJitter: known.retryJitter ?? 0,
  };
}

function runFacts(known: Partial<RunFacts> & Pick<RunFacts, "id">): RunFacts {
  return {
    id: known.id,
    runCount: known.runCount ?? 0,
    startAt: known.startAt ?? null,
    endAt: known.endAt ?? null,
    totalRunTime: known.totalRunTime ?? 0,
    expectedStartAt: known.expectedStartAt ?? null,
    nextScheduledStartAt: known.nextScheduledStartAt ?? null,
    retries: known.retries ?? 0,
    retryDelay: known.retryDelay ?? 0,
  };
}
