import { describe, expect, test } from "vitest";
import type { State } from "../state.ts";
import { anInitial, aState, countingIds, HOUR, NOW, PERSISTED, UNPERSISTED } from "./fixtures/samples.ts";
import { orchestrateFlowRun } from "./flow-run.ts";
import type { KnownFlowRun } from "./run-facts.ts";
import { orchestrateTaskRun } from "./task-run.ts";

function flow(run: Partial<KnownFlowRun>, initial: State | null, proposed: State) {
  return orchestrateFlowRun({
    run: { id: "run", ...run },
    initial,
    proposed,
    now: NOW,
    newId: countingIds(),
  });
}

describe("a run's book", () => {
  test("begins with the first start", () => {
    expect(flow({}, anInitial("PENDING"), aState("RUNNING")).changes).toEqual({
      startAt: NOW,
      expectedStartAt: NOW,
      runCount: 1,
    });
    const restarted = flow(
      { startAt: 5, expectedStartAt: 4, runCount: 1 },
      anInitial("PENDING"),
      aState("RUNNING"),
    );
    expect(restarted.changes).toEqual({ runCount: 2 });
  });

  test("ends with the first end, and opens again", () => {
    const run = { startAt: 5, expectedStartAt: 4 };
    expect(flow(run, anInitial("PENDING"), aState("CRASHED")).changes).toEqual({ endAt: NOW });
    const ended = { ...run, endAt: 9 };
    expect(flow(ended, anInitial("CRASHED"), aState("COMPLETED")).changes).toEqual({});
    expect(flow(ended, anInitial("CRASHED"), aState("RUNNING")).changes).toMatchObject({
      endAt: null,
      runCount: 1,
    });
  });

  test("of a run that never ran begins at its end", () => {
    expect(flow({}, anInitial("PENDING"), aState("CANCELLED")).changes).toMatchObject({
      startAt: NOW,
      endAt: NOW,
    });
  });

  test("adds up the time spent running", () => {
    const run = { totalRunTime: 7 };
    expect(flow(run, anInitial("RUNNING"), aState("COMPLETED")).changes.totalRunTime).toBe(HOUR + 7);
    expect(flow(run, anInitial("RUNNING"), aState("RUNNING")).changes.totalRunTime).toBe(HOUR + 7);
    expect(flow(run, anInitial("PENDING"), aState("RUNNING")).changes.totalRunTime).toBeUndefined();
  });

  test("says when the run is due", () => {
    const due = aState("SCHEDULED", { details: { scheduledTime: NOW + HOUR } });
    expect(flow({}, null, due).changes).toEqual({
      expectedStartAt: NOW + HOUR,
      nextScheduledStartAt: NOW + HOUR,
    });
    expect(flow({}, null, aState("SCHEDULED")).changes).toEqual({ expectedStartAt: NOW });
    const waiting = { expectedStartAt: 1, nextScheduledStartAt: 2 };
    expect(flow(waiting, anInitial("SCHEDULED"), aState("PENDING")).changes).toEqual({
      nextScheduledStartAt: null,
    });
    expect(flow(waiting, anInitial("SCHEDULED"), due).changes).toEqual({ nextScheduledStartAt: NOW + HOUR });
  });

  test("of a task is kept alike, and its clock may step back", () => {
    const answer = orchestrateTaskRun({
      run: { id: "task", flowRunId: "flow", totalRunTime: 3, runCount: 1 },
      initial: aState("RUNNING", { timestamp: NOW + 5 }),
      proposed: aState("COMPLETED"),
      now: NOW,
      newId: countingIds(),
    });
    expect(answer.changes).toMatchObject({ totalRunTime: 3, endAt: NOW });
    expect(answer.state?.details).toEqual({ flowRunId: "flow", taskRunId: "task" });
  });

  test("of a task outside any flow names only the task", () => {
    const alone = { run: { id: "task" }, initial: null, now: NOW, newId: countingIds() };
    const answer = orchestrateTaskRun({ ...alone, proposed: aState("RUNNING") });
    expect(answer.state?.details).toEqual({ taskRunId: "task" });
  });
});

describe("a flow run's state", () => {
  test.each([NOW - 1, NOW])("comes after the one before it (%d)", (timestamp) => {
    const answer = flow({}, anInitial("PENDING", { timestamp: NOW }), aState("RUNNING", { timestamp }));
    expect(answer.state?.timestamp).toBe(NOW + 1);
    expect(answer.changes.startAt).toBe(NOW + 1);
  });

  test("names its run", () => {
    expect(flow({}, null, aState("PENDING")).state?.details).toEqual({ flowRunId: "run" });
  });

  test("of a subflow is shown by the parent's task run", () => {
    const { state, effects } = flow({ parentTaskRunId: "parent" }, anInitial("RUNNING"), aState("COMPLETED"));
    expect(state?.details).toEqual({ flowRunId: "run", taskRunId: "parent" });
    const mirrored = { ...state, id: "id-1", details: { ...state?.details, childFlowRunId: "run" } };
    expect(effects.at(-1)).toEqual({ kind: "mirror-to-parent-task", taskRunId: "parent", state: mirrored });
  });

  test("is announced, with what was asked for and what became of it", () => {
    const initial = anInitial("RUNNING", { message: "m".repeat(100_001) });
    const { state, effects } = flow(
      { retries: 1, runCount: 1 },
      initial,
      aState("FAILED", { message: "boom" }),
    );
    expect(effects).toEqual([
      {
        kind: "emit-event",
        id: state?.id,
        event: "prefect.flow-run.AwaitingRetry",
        occurred: state?.timestamp,
        payload: {
          intended: { from: "RUNNING", to: "FAILED" },
          initialState: { type: "RUNNING", name: "Running", message: "m".repeat(100_000) },
          validatedState: { type: "SCHEDULED", name: "AwaitingRetry", message: "boom" },
        },
      },
    ]);
    expect(flow({}, null, aState("PENDING")).effects).toMatchObject([
      { payload: { intended: { from: null, to: "PENDING" }, initialState: null } },
    ]);
  });

  test.each([
    [PERSISTED, ["store-result"]],
    ["text", ["store-result"]],
    [UNPERSISTED, []],
    [null, []],
  ])("with data %j makes artifacts: %j", (data, kinds) => {
    const of = (effects: readonly { kind: string }[]) =>
      effects.map(({ kind }) => kind).filter((kind) => kind !== "emit-event");
    const proposed = aState("COMPLETED", { data });
    expect(of(flow({}, anInitial("RUNNING"), proposed).effects)).toEqual(kinds);
    const task = { id: "task", flowRunId: "flow" };
    const answer = orchestrateTaskRun({ run: task, initial: null, proposed, now: NOW, newId: countingIds() });
    expect(answer.effects).toEqual(
      kinds.map((kind) => ({ kind, stateId: proposed.id, flowRunId: "flow", taskRunId: "task", data })),
    );
  });
});
