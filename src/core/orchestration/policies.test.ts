import { expect, test } from "vitest";
import { STATE_TYPES } from "../state.ts";
import type { FactName } from "./facts.ts";
import { FLOW_POLICY } from "./flow-policy.ts";
import { LATE_RUNS_POLICY } from "./late-runs-policy.ts";
import { MINIMAL_FLOW_POLICY, MINIMAL_TASK_POLICY } from "./minimal-policy.ts";
import type { Policy, StateSet } from "./rule.ts";
import type { RunFacts } from "./run-facts.ts";
import { BACKGROUND_TASK_POLICY, TASK_POLICY } from "./task-policy.ts";
import { FLOW_TRANSFORMS, TASK_TRANSFORMS } from "./transforms.ts";

/** A policy as text: each rule with what it is about; consequences follow from every state. */
function show<Run extends RunFacts, F extends FactName>(policy: Policy<Run, F>): string[] {
  return policy.map((step) =>
    "follow" in step ? `${step.name}: always` : `${step.name}: ${types(step.from)} -> ${types(step.to)}`,
  );
}

function types(set: StateSet): string {
  const all = ["NONE" as const, ...STATE_TYPES];
  const left = all.filter((type) => !set.has(type));
  if (left.length === 0) return "any";
  return left.length < set.size ? `any but ${left.join("/")}` : all.filter((type) => set.has(type)).join("/");
}

function lines(text: string): string[] {
  return text.trim().split(/\n\s*/);
}

test("a flow run's rules, in Prefect's order", () => {
  expect(show(FLOW_POLICY)).toEqual(
    lines(`
      PreserveDeploymentConcurrencyLeaseId: any -> any
      PreventDuplicateTransitions: any -> any
      HandleFlowTerminalStateTransitions: CANCELLED/COMPLETED/FAILED/CRASHED -> any
      EnforceCancellingToCancelledTransition: CANCELLING -> any but CANCELLED
      BypassCancellingFlowRunsWithNoInfra: SCHEDULED/PAUSED -> CANCELLING
      PreventPendingTransitions: PENDING/RUNNING/CANCELLING/CANCELLED -> PENDING
      ValidateDeploymentConcurrencyAtRunning: PENDING -> RUNNING
      SecureFlowConcurrencySlots: any but PENDING/RUNNING/CANCELLING -> PENDING
      RemoveDeploymentConcurrencyLeaseForOldClientVersions: PENDING -> RUNNING/CANCELLING
      EnsureOnlyScheduledFlowsMarkedLate: any -> SCHEDULED
      HandlePausingFlows: any -> PAUSED
      HandleResumingPausedFlows: PAUSED -> any
      CopyScheduledTime: SCHEDULED -> PENDING
      WaitForScheduledTime: SCHEDULED/PENDING -> RUNNING
      RetryFailedFlows: RUNNING -> FAILED
      InstrumentFlowRunStateTransitions: always
      ReleaseFlowConcurrencySlots: always`),
  );
});

test("a task run's rules, in Prefect's order", () => {
  expect(show(TASK_POLICY)).toEqual(
    lines(`
      CacheRetrieval: any -> RUNNING
      HandleTaskTerminalStateTransitions: CANCELLED/COMPLETED/FAILED/CRASHED -> any
      PreventRunningTasksFromStoppedFlows: any -> RUNNING
      SecureTaskConcurrencySlots: any -> RUNNING
      CopyScheduledTime: SCHEDULED -> PENDING
      WaitForScheduledTime: SCHEDULED/PENDING -> RUNNING
      RetryFailedTasks: RUNNING -> FAILED
      RenameReruns: any -> RUNNING
      UpdateFlowRunTrackerOnTasks: any -> RUNNING
      CacheInsertion: any -> COMPLETED
      ReleaseTaskConcurrencySlots: always`),
  );
});

test("a background task run's rules: neither its flow nor its tags are asked", () => {
  expect(show(BACKGROUND_TASK_POLICY)).toEqual(
    lines(`
      PreventPendingTransitions: PENDING/RUNNING/CANCELLING/CANCELLED -> PENDING
      CacheRetrieval: any -> RUNNING
      HandleTaskTerminalStateTransitions: CANCELLED/COMPLETED/FAILED/CRASHED -> any
      CopyScheduledTime: SCHEDULED -> PENDING
      CopyTaskParametersID: SCHEDULED/PENDING -> PENDING/RUNNING
      WaitForScheduledTime: SCHEDULED/PENDING -> RUNNING
      RetryFailedTasks: RUNNING -> FAILED
      RenameReruns: any -> RUNNING
      UpdateFlowRunTrackerOnTasks: any -> RUNNING
      CacheInsertion: any -> COMPLETED
      ReleaseTaskConcurrencySlots: always
      EnqueueScheduledTasks: any -> SCHEDULED`),
  );
});

test("what remains of them by force, and for the service that marks runs late", () => {
  expect(show(MINIMAL_FLOW_POLICY)).toEqual(
    lines(`
      PreventResultDataLoss: COMPLETED -> COMPLETED
      BypassCancellingFlowRunsWithNoInfra: SCHEDULED/PAUSED -> CANCELLING
      InstrumentFlowRunStateTransitions: always
      ReleaseFlowConcurrencySlots: always`),
  );
  expect(show(MINIMAL_TASK_POLICY)).toEqual(["ReleaseTaskConcurrencySlots: always"]);
  expect(show(LATE_RUNS_POLICY)).toEqual(
    lines(`
      EnsureOnlyScheduledFlowsMarkedLate: any -> SCHEDULED
      EnforceDeploymentConcurrencyOnLate: SCHEDULED -> SCHEDULED
      InstrumentFlowRunStateTransitions: always`),
  );
});

test("the bookkeeping, in order; type, name and time of a run's state are the state's own", () => {
  const common = lines(`
    SetStartTime
    SetEndTime
    IncrementRunTime
    SetExpectedStartTime
    SetNextScheduledStartTime`);
  expect(FLOW_TRANSFORMS.map(({ name }) => name)).toEqual([
    "EnsureFlowRunStateTimestampIsUnique",
    ...common,
    "UpdateStateDetails",
    "UpdateSubflowParentTask",
    "UpdateSubflowStateDetails",
    "IncrementFlowRunCount",
    "RemoveResumingIndicator",
    "StoreResult",
  ]);
  expect(TASK_TRANSFORMS.map(({ name }) => name)).toEqual([
    ...common,
    "UpdateStateDetails",
    "IncrementTaskRunCount",
    "StoreResult",
  ]);
});
