import { describe, expect, test } from "vitest";
import { anInitial, aState, countingIds, NOW } from "../fixtures/samples.ts";
import { orchestrateFlowRun } from "../flow-run.ts";
import type { KnownFlowRun, KnownTaskRun } from "../run-facts.ts";
import { SECOND } from "../settings.ts";
import { orchestrateTaskRun, type TaskRunProposal } from "../task-run.ts";

const failing = {
  initial: anInitial("RUNNING"),
  proposed: aState("FAILED", { message: "boom", data: { type: "unpersisted" } }),
  now: NOW,
};

const failFlow = (run: Partial<KnownFlowRun>) =>
  orchestrateFlowRun({ ...failing, newId: countingIds(), run: { id: "run", ...run } });

const failTask = (run: Partial<KnownTaskRun>, more: Partial<TaskRunProposal> = {}) =>
  orchestrateTaskRun({ ...failing, newId: countingIds(), run: { id: "task", runCount: 1, ...run }, ...more });

describe("a failed flow run", () => {
  test("is retried as often as it may", () => {
    const outcomes = [1, 2, 3].map((runCount) => failFlow({ runCount, retries: 2 }).state?.name);
    expect(outcomes).toEqual(["AwaitingRetry", "AwaitingRetry", "Failed"]);
  });

  test("is not retried when it has no retries, even if nobody counted its attempt", () => {
    expect(failFlow({ runCount: 0, retries: 0 }).status).toBe("ACCEPT");
  });

  test("waits its delay in its process, where its pauses fire anew", () => {
    const policy = { pauseKeys: ["a"], resuming: true, retryType: null };
    const answer = failFlow({ runCount: 1, retries: 1, retryDelay: "90s", policy });
    expect(answer).toMatchObject({
      status: "REJECT",
      details: { reason: "Retrying" },
      state: {
        type: "SCHEDULED",
        message: "boom",
        data: { type: "unpersisted" },
        details: { scheduledTime: NOW + 90 * SECOND },
      },
      changes: { policy: { pauseKeys: [], resuming: false, retryType: "in_process" } },
    });
    expect(answer.state?.id).not.toBe(failing.proposed.id);
  });

  test("that is out of retries may be retried anywhere", () => {
    const policy = { pauseKeys: ["a"], resuming: false, retryType: "in_process" } as const;
    expect(failFlow({ runCount: 2, retries: 1, policy }).changes.policy).toEqual({
      ...policy,
      retryType: null,
    });
  });
});

describe("a failed task run", () => {
  test("takes its delay from the list by attempt, the last serving the rest", () => {
    const delays = [1, 2, 3, 4].map((runCount) => {
      const { state } = failTask({ runCount, retries: 9, retryDelay: [1000, "5s", 7000] });
      return (state?.details.scheduledTime ?? 0) - NOW;
    });
    expect(delays).toEqual([SECOND, 5 * SECOND, 7 * SECOND, 7 * SECOND]);
  });

  test("is retried at once when the list is empty", () => {
    expect(failTask({ retries: 1, retryDelay: [] }).state?.details.scheduledTime).toBe(NOW);
  });

  test.each([
    [0, 5],
    [0.5, 10],
    [0.999999, 15],
  ])("has its delay spread by its jitter (%d gives %d s)", (random, seconds) => {
    const { state } = failTask(
      { retries: 1, retryDelay: 10_000, retryJitter: 0.5 },
      { random: () => random },
    );
    expect(((state?.details.scheduledTime ?? 0) - NOW) / SECOND).toBeCloseTo(seconds, 3);
  });

  test("is never due before it failed, however wild its jitter", () => {
    const given = { retries: 1, retryDelay: "10s", retryJitter: 3 };
    expect(failTask(given, { random: () => 0 }).state?.details.scheduledTime).toBe(NOW);
  });

  test("is not retried against its client's word", () => {
    const proposed = aState("FAILED", { details: { retriable: false } });
    expect(failTask({ retries: 5 }, { proposed })).toMatchObject({
      status: "ACCEPT",
      state: { type: "FAILED" },
    });
  });

  test("is not retried beyond its retries", () => {
    expect(failTask({ runCount: 3, retries: 2 }).status).toBe("ACCEPT");
  });
});
