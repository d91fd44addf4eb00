import { describe, expect, test } from "vitest";
import { anInitial, aState, HOUR, NOW } from "../fixtures/samples.ts";
import { decideTask } from "../fixtures/tasks.ts";

describe("a task of a flow", () => {
  test("waits with its paused flow, for as long", () => {
    const state = aState("PAUSED", {
      details: { pauseTimeout: NOW + HOUR, pauseReschedule: true, pauseKey: "k" },
    });
    const answer = decideTask({ run: { flowRun: { id: "flow", state, runCount: 1 } } });
    expect(answer.state).toMatchObject({ type: "PAUSED", name: "NotReady" });
    expect(answer.state?.details).toEqual({
      pauseTimeout: NOW + HOUR,
      pauseReschedule: true,
      flowRunId: "flow",
      taskRunId: "task",
    });
  });

  test("notes the flow's attempt in which it runs", () => {
    const flowRun = { id: "flow", state: aState("RUNNING"), runCount: 3 };
    expect(decideTask({ run: { flowRun, flowRunCount: 1 } }).changes).toMatchObject({
      flowRunCount: 3,
      runCount: 1,
    });
  });

  test("that ran to its end has all its retries again", () => {
    expect(decideTask({ initial: anInitial("FAILED"), run: { runCount: 4 } }).changes.runCount).toBe(1);
    const refused = decideTask({
      initial: anInitial("FAILED"),
      run: { runCount: 4, tags: ["x"] },
      facts: { tagSlots: { outcome: "limit-zero", tag: "x" } },
    });
    expect(refused).toMatchObject({ status: "ABORT", changes: {} });
  });
});
