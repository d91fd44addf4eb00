import { describe } from "vitest";
import type { FlowFactName, KnownFacts } from "./facts.ts";
import { testMatrix, type Situation } from "./fixtures/matrix.ts";
import { countingIds, details, NOW, only } from "./fixtures/samples.ts";
import { orchestrateFlowRun } from "./flow-run.ts";
import type { KnownFlowRun } from "./run-facts.ts";

/** A run of a deployment that a worker's process executes. */
function deployed(
  facts: KnownFacts<FlowFactName> = {},
  run: Partial<KnownFlowRun> = {},
): Situation["decide"] {
  return (initial, proposed) =>
    orchestrateFlowRun({
      run: { id: "run", runCount: 1, deploymentId: "deployment", infrastructurePid: "host:1", ...run },
      initial,
      proposed,
      now: NOW,
      newId: countingIds(),
      clientVersion: "3.8.3",
      facts,
    });
}

describe("a deployed flow run", () => {
  testMatrix({
    title: "without limits",
    decide: deployed(),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that was suspended, or is asked to",
    decide: deployed(),
    initial: details({ pauseReschedule: true }),
    proposed: only("PAUSED", details({ pauseReschedule: true })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "inside another, asked to suspend",
    decide: deployed({}, { parentTaskRunId: "parent-task" }),
    proposed: only("PAUSED", details({ pauseReschedule: true })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         abort      ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that is resuming after a suspension",
    decide: deployed(),
    initial: only("SCHEDULED", (state) => ({ ...state, name: "Resuming" })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "proposed as late",
    decide: deployed(),
    proposed: only("SCHEDULED", (state) => ({ ...state, name: "Late" })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       ok         ok         ok         ok         ok
      PENDING     keep       abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     keep       abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      keep       keep       ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   keep       abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   keep       ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      keep       ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     keep       ok         ok         abort      abort      ok         ok         ok         abort`,
  });
});

describe("a deployed flow run under a limit", () => {
  testMatrix({
    title: "with a slot free",
    decide: deployed({ deploymentSlot: { outcome: "taken", leaseId: "lease" } }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that is full and has runs wait",
    decide: deployed({ deploymentSlot: { outcome: "full", strategy: "ENQUEUE" } }),
    expected: `
                  SCHEDULED  PENDING                 RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         AwaitingConcurrencySlot ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         AwaitingConcurrencySlot ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort                   ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort                   ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         AwaitingConcurrencySlot ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep                    keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort                   ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         AwaitingConcurrencySlot ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         AwaitingConcurrencySlot ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         AwaitingConcurrencySlot ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that is full and has new runs cancelled",
    decide: deployed({ deploymentSlot: { outcome: "full", strategy: "CANCEL_NEW" } }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         Cancelled  ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         Cancelled  ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         Cancelled  ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         Cancelled  ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         Cancelled  ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         Cancelled  ok         abort      abort      ok         ok         ok         abort`,
  });

  for (const outcome of ["limit-zero", "deployment-missing"] as const) {
    testMatrix({
      title: `that says ${outcome}`,
      decide: deployed({ deploymentSlot: { outcome } }),
      expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         abort      ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         abort      ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         abort      ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         abort      ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         abort      ok         abort      abort      ok         ok         ok         abort`,
    });
  }

  testMatrix({
    title: "whose lease was reaped while it started, with no slot left",
    decide: deployed({ deploymentLease: { outcome: "reaped-full" } }),
    initial: details({ deploymentConcurrencyLeaseId: "lease" }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       ok         ok         ok         ok         ok
      PENDING     ok         abort      Cancelled  keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       keep       ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   ok         abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });
});
