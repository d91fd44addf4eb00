import { describe } from "vitest";
import { testMatrix, type Situation } from "./fixtures/matrix.ts";
import { countingIds, details, HOUR, NOW, only, PERSISTED, UNPERSISTED } from "./fixtures/samples.ts";
import { orchestrateFlowRun, type FlowRunProposal } from "./flow-run.ts";
import type { KnownFlowRun } from "./run-facts.ts";

/** A run that somebody started in a terminal: no deployment, no infrastructure, one attempt. */
function local(run: Partial<KnownFlowRun> = {}, more: Partial<FlowRunProposal> = {}): Situation["decide"] {
  return (initial, proposed) =>
    orchestrateFlowRun({
      run: { id: "run", runCount: 1, ...run },
      initial,
      proposed,
      now: NOW,
      newId: countingIds(),
      ...more,
    });
}

describe("a local flow run", () => {
  testMatrix({
    title: "with nothing special about it",
    decide: local(),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that says its result is not kept",
    decide: local(),
    initial: (state) => ({ ...state, data: UNPERSISTED }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "whose result is kept, offered states without one",
    decide: local(),
    initial: (state) => ({ ...state, data: PERSISTED }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   keep       keep       keep       abort      abort      ok         keep       ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "whose result is kept, offered states with another",
    decide: local(),
    initial: (state) => ({ ...state, data: PERSISTED }),
    proposed: (state) => ({ ...state, data: PERSISTED }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   keep       keep       keep       abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "with a retry left",
    decide: local({ retries: 1 }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         AwaitingRetry ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that is not due yet",
    decide: local(),
    initial: details({ scheduledTime: NOW + HOUR }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         wait       keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      wait       keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "asked for the transition that it just made",
    decide: local(),
    initial: details({ transitionId: "t" }),
    proposed: details({ transitionId: "t" }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   keep       keep       keep       keep       keep       keep       keep       keep       keep
      PENDING     keep       keep       keep       keep       keep       keep       keep       keep       keep
      RUNNING     keep       keep       keep       keep       keep       keep       keep       keep       keep
      PAUSED      keep       keep       keep       keep       keep       keep       keep       keep       keep
      CANCELLING  keep       keep       keep       keep       keep       keep       keep       keep       keep
      CANCELLED   keep       keep       keep       keep       keep       keep       keep       keep       keep
      COMPLETED   keep       keep       keep       keep       keep       keep       keep       keep       keep
      FAILED      keep       keep       keep       keep       keep       keep       keep       keep       keep
      CRASHED     keep       keep       keep       keep       keep       keep       keep       keep       keep`,
  });

  testMatrix({
    title: "whose pause has timed out",
    decide: local(),
    initial: details({ pauseTimeout: NOW - 1 }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      Failed     keep       Failed     keep       Cancelled  Failed     Failed     Failed     Failed
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "asked to pause where it paused before",
    decide: local({ policy: { pauseKeys: ["a", "b"], resuming: false, retryType: null } }),
    proposed: only("PAUSED", details({ pauseKey: "b" })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that was suspended, or is asked to, though nothing could start it again",
    decide: local(),
    initial: details({ pauseReschedule: true }),
    proposed: only("PAUSED", details({ pauseReschedule: true })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         abort      ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         abort      ok         ok         ok         ok         ok
      PAUSED      keep       keep       keep       keep       Cancelled  keep       keep       keep       keep
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "that can be started again without a deployment",
    decide: local({ restartable: true }),
    initial: details({ pauseReschedule: true }),
    proposed: only("PAUSED", details({ pauseReschedule: true })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
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
    title: "submitted in stages",
    decide: local(),
    proposed: only("PENDING", (state) => ({ ...state, name: "Submitting" })),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         abort      ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         keep       Cancelled  ok         ok         ok         ok
      PENDING     ok         ok         ok         keep       ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         keep       ok         keep       Cancelled  ok         ok         ok         ok
      CANCELLING  keep       keep       keep       keep       keep       ok         keep       keep       keep
      CANCELLED   abort      abort      ok         abort      abort      ok         ok         ok         abort
      COMPLETED   abort      ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      abort      ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     abort      ok         ok         abort      abort      ok         ok         ok         abort`,
  });
});
