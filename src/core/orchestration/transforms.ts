import { isTerminal, type State } from "../state.ts";
import type { Effect } from "./effects.ts";
import type { Consequence, Settled } from "./rule.ts";
import type { FlowRunFacts, RunChanges, RunFacts, TaskRunFacts } from "./run-facts.ts";
import { hasPersistedResult, occupiesSlot, withDetails } from "./state-facts.ts";

/*
 * The bookkeeping of every state that is stored, whichever rules let it through, forced or not.
 * All `apply` in order, then all `follow`. A run's own type, name and time of state need no
 * transform: they are the state's.
 */

interface Adjusted<Run> {
  readonly state?: State;
  readonly changes?: RunChanges<Run>;
}

export interface Transform<Run extends RunFacts> {
  readonly name: string;
  readonly apply?: (settled: Settled<Run>) => Adjusted<Run>;
  readonly follow?: Consequence<Run>["follow"];
}

/** Also keeps the states of a run in the order in which they were stored, should a clock step back. */
const ensureFlowRunStateTimestampIsUnique: Transform<RunFacts> = {
  name: "EnsureFlowRunStateTimestampIsUnique",
  apply({ asked: { initial }, state }) {
    if (initial === null || state.timestamp > initial.timestamp) return {};
    return { state: { ...state, timestamp: initial.timestamp + 1 } };
  },
};

const setStartTime: Transform<RunFacts> = {
  name: "SetStartTime",
  apply: ({ state, run }) =>
    state.type === "RUNNING" && run.startAt === null ? { changes: { startAt: state.timestamp } } : {},
};

const setEndTime: Transform<RunFacts> = {
  name: "SetEndTime",
  apply({ state, run }) {
    if (!isTerminal(state.type)) return run.endAt === null ? {} : { changes: { endAt: null } };
    if (run.endAt !== null) return {};
    const endAt = state.timestamp;
    return { changes: run.startAt === null ? { startAt: endAt, endAt } : { endAt } };
  },
};

const incrementRunTime: Transform<RunFacts> = {
  name: "IncrementRunTime",
  apply({ asked: { initial }, state, run }) {
    if (initial?.type !== "RUNNING") return {};
    const spent = Math.max(0, state.timestamp - initial.timestamp);
    return { changes: { totalRunTime: run.totalRunTime + spent } };
  },
};

const setExpectedStartTime: Transform<RunFacts> = {
  name: "SetExpectedStartTime",
  apply: ({ state, run }) =>
    run.expectedStartAt === null ? { changes: { expectedStartAt: dueAt(state) ?? state.timestamp } } : {},
};

const setNextScheduledStartTime: Transform<RunFacts> = {
  name: "SetNextScheduledStartTime",
  apply({ state, run }) {
    const nextScheduledStartAt = dueAt(state);
    return nextScheduledStartAt === run.nextScheduledStartAt ? {} : { changes: { nextScheduledStartAt } };
  },
};

function dueAt(state: State): number | null {
  return state.type === "SCHEDULED" ? (state.details.scheduledTime ?? null) : null;
}

const updateFlowRunStateDetails: Transform<FlowRunFacts> = {
  name: "UpdateStateDetails",
  apply({ asked: { initial, run: before }, state, run }) {
    const keepsSlot = occupiesSlot(initial, before.policy) && occupiesSlot(state, run.policy);
    const lease = keepsSlot ? initial?.details.deploymentConcurrencyLeaseId : undefined;
    return {
      state: withDetails(state, {
        flowRunId: run.id,
        // Also where the state is a rule's own, or was forced: an unnamed lease could not be given back.
        deploymentConcurrencyLeaseId: state.details.deploymentConcurrencyLeaseId ?? lease,
      }),
    };
  },
};

const storeFlowRunResult: Transform<FlowRunFacts> = {
  name: "StoreResult",
  follow: ({ state, run }) => resultOf(state, { flowRunId: run.id, taskRunId: null }),
};

const updateSubflowParentTask: Transform<FlowRunFacts> = {
  name: "UpdateSubflowParentTask",
  follow({ asked, state, run }) {
    if (run.parentTaskRunId === null) return [];
    const mirrored = withDetails({ ...state, id: asked.newId() }, { childFlowRunId: run.id });
    return [{ kind: "mirror-to-parent-task", taskRunId: run.parentTaskRunId, state: mirrored }];
  },
};

const updateSubflowStateDetails: Transform<FlowRunFacts> = {
  name: "UpdateSubflowStateDetails",
  apply: ({ state, run }) =>
    run.parentTaskRunId === null ? {} : { state: withDetails(state, { taskRunId: run.parentTaskRunId }) },
};

/** A resume goes on with the attempt that paused, so it costs no retry. */
const incrementFlowRunCount: Transform<FlowRunFacts> = {
  name: "IncrementFlowRunCount",
  apply: ({ state, run }) =>
    state.type === "RUNNING" && !run.policy.resuming ? { changes: { runCount: run.runCount + 1 } } : {},
};

const removeResumingIndicator: Transform<FlowRunFacts> = {
  name: "RemoveResumingIndicator",
  apply({ state, run: { policy } }) {
    const arrived = state.type === "RUNNING" || isTerminal(state.type);
    return policy.resuming && arrived ? { changes: { policy: { ...policy, resuming: false } } } : {};
  },
};

const updateTaskRunStateDetails: Transform<TaskRunFacts> = {
  name: "UpdateStateDetails",
  apply: ({ state, run }) => ({
    state: withDetails(state, { flowRunId: run.flowRunId ?? undefined, taskRunId: run.id }),
  }),
};

const storeTaskRunResult: Transform<TaskRunFacts> = {
  name: "StoreResult",
  follow: ({ state, run }) => resultOf(state, { flowRunId: run.flowRunId, taskRunId: run.id }),
};

function resultOf(state: State, owner: ResultOwner): readonly Effect[] {
  if (!hasPersistedResult(state)) return [];
  return [{ kind: "store-result", stateId: state.id, ...owner, data: state.data }];
}

type ResultOwner = Pick<Extract<Effect, { kind: "store-result" }>, "flowRunId" | "taskRunId">;

const incrementTaskRunCount: Transform<TaskRunFacts> = {
  name: "IncrementTaskRunCount",
  apply: ({ state, run }) => (state.type === "RUNNING" ? { changes: { runCount: run.runCount + 1 } } : {}),
};

const COMMON_TRANSFORMS = [
  setStartTime,
  setEndTime,
  incrementRunTime,
  setExpectedStartTime,
  setNextScheduledStartTime,
];

export const FLOW_TRANSFORMS: readonly Transform<FlowRunFacts>[] = [
  ensureFlowRunStateTimestampIsUnique,
  ...COMMON_TRANSFORMS,
  updateFlowRunStateDetails,
  updateSubflowParentTask,
  updateSubflowStateDetails,
  incrementFlowRunCount,
  removeResumingIndicator,
  storeFlowRunResult,
];

export const TASK_TRANSFORMS: readonly Transform<TaskRunFacts>[] = [
  ...COMMON_TRANSFORMS,
  updateTaskRunStateDetails,
  incrementTaskRunCount,
  storeTaskRunResult,
];
