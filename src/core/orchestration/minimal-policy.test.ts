import { describe } from "vitest";
import { testMatrix, type Situation } from "./fixtures/matrix.ts";
import { countingIds, details, HOUR, NOW, PERSISTED } from "./fixtures/samples.ts";
import { orchestrateFlowRun } from "./flow-run.ts";
import { orchestrateTaskRun } from "./task-run.ts";

const forcedFlow: Situation["decide"] = (initial, proposed) =>
  orchestrateFlowRun({
    run: { id: "run", runCount: 1, retries: 3, deploymentId: "deployment" },
    initial,
    proposed,
    now: NOW,
    newId: countingIds(),
    force: true,
    facts: { deploymentSlot: { outcome: "full", strategy: "ENQUEUE" } },
  });

describe("a forced transition of a flow run", () => {
  testMatrix({
    title: "passes, whatever the other rules would say",
    decide: forcedFlow,
    initial: details({ scheduledTime: NOW + HOUR, pauseTimeout: NOW - 1, transitionId: "t" }),
    proposed: details({ transitionId: "t" }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         Cancelled  ok         ok         ok         ok
      PENDING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      RUNNING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok         ok         Cancelled  ok         ok         ok         ok
      CANCELLING  ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      COMPLETED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      FAILED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CRASHED     ok         ok         ok         ok         ok         ok         ok         ok         ok`,
  });

  testMatrix({
    title: "still loses no result",
    decide: forcedFlow,
    initial: (state) => ({ ...state, data: PERSISTED }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         Cancelled  ok         ok         ok         ok
      PENDING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      RUNNING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok         ok         Cancelled  ok         ok         ok         ok
      CANCELLING  ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      COMPLETED   ok         ok         ok         ok         ok         ok         keep       ok         ok
      FAILED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CRASHED     ok         ok         ok         ok         ok         ok         ok         ok         ok`,
  });
});

describe("a forced transition of a task run", () => {
  testMatrix({
    title: "passes always",
    decide: (initial, proposed) =>
      orchestrateTaskRun({
        run: {
          id: "task",
          runCount: 1,
          retries: 3,
          tags: ["db"],
          flowRun: { id: "f", state: null, runCount: 2 },
        },
        initial,
        proposed,
        now: NOW,
        newId: countingIds(),
        force: true,
        facts: { tagSlots: { outcome: "limit-zero", tag: "db" } },
      }),
    initial: (state) => ({ ...state, data: PERSISTED }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      PENDING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      RUNNING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLING  ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      COMPLETED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      FAILED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CRASHED     ok         ok         ok         ok         ok         ok         ok         ok         ok`,
  });
});
