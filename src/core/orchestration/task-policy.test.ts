import { describe } from "vitest";
import type { TaskFactName, KnownFacts } from "./facts.ts";
import { testMatrix, type Situation } from "./fixtures/matrix.ts";
import { anInitial, aState, countingIds, details, HOUR, NOW, only, PERSISTED } from "./fixtures/samples.ts";
import type { KnownTaskRun } from "./run-facts.ts";
import { orchestrateTaskRun, type TaskRunProposal } from "./task-run.ts";

function task(
  run: Partial<KnownTaskRun> = {},
  facts: KnownFacts<TaskFactName> = {},
  policy: TaskRunProposal["policy"] = "core",
): Situation["decide"] {
  return (initial, proposed) =>
    orchestrateTaskRun({
      run: { id: "task", ...run },
      initial,
      proposed,
      now: NOW,
      newId: countingIds(),
      policy,
      facts,
    });
}

const running = { id: "flow", state: aState("RUNNING"), runCount: 1 };

const ORDINARY = `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      PENDING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      RUNNING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLING  ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`;

/** The ordinary table with another column under RUNNING, one word for all rows. */
function withRunning(word: string): string {
  return ORDINARY.replaceAll(/^( +[A-Z]+ +ok +ok +)ok/gm, `$1${word}`);
}

describe("a task run", () => {
  testMatrix({ title: "outside any flow", decide: task(), expected: ORDINARY });
  testMatrix({
    title: "of a running flow",
    decide: task({ flowRun: running, flowRunCount: 1 }),
    expected: ORDINARY,
  });

  testMatrix({
    title: "whose result is kept",
    decide: task(),
    initial: (state) => ({ ...state, data: PERSISTED }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      PENDING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      RUNNING     ok         ok         ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLING  ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLED   ok         ok         ok         abort      abort      ok         ok         ok         abort
      COMPLETED   keep       keep       keep       abort      abort      keep       keep       keep       abort
      FAILED      ok         ok         ok         abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         ok         ok         abort`,
  });

  testMatrix({
    title: "with a retry left",
    decide: task({ runCount: 1, retries: 1 }),
    expected: `
                  SCHEDULED  PENDING    RUNNING      PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED        CRASHED
      NONE        ok         ok         ok           ok         ok         ok         ok         ok            ok
      SCHEDULED   ok         ok         ok:Rerunning ok         ok         ok         ok         ok            ok
      PENDING     ok         ok         ok:Rerunning ok         ok         ok         ok         ok            ok
      RUNNING     ok         ok         ok:Rerunning ok         ok         ok         ok         AwaitingRetry ok
      PAUSED      ok         ok         ok:Rerunning ok         ok         ok         ok         ok            ok
      CANCELLING  ok         ok         ok:Rerunning ok         ok         ok         ok         ok            ok
      CANCELLED   ok         ok         ok           abort      abort      ok         ok         ok            abort
      COMPLETED   ok         ok         ok           abort      abort      ok         ok         ok            abort
      FAILED      ok         ok         ok           abort      abort      ok         ok         ok            abort
      CRASHED     ok         ok         ok           abort      abort      ok         ok         ok            abort`,
  });

  testMatrix({
    title: "awaiting its retry, in a flow on its second attempt",
    decide: task({ runCount: 1, flowRun: { ...running, runCount: 2 }, flowRunCount: 1 }),
    initial: only("SCHEDULED", (state) => ({ ...state, name: "AwaitingRetry" })),
    expected: `
                  SCHEDULED  PENDING    RUNNING      PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok           ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok:Retrying  ok         ok         ok         ok         ok         ok
      PENDING     ok         ok         ok:Rerunning ok         ok         ok         ok         ok         ok
      RUNNING     ok         ok         ok:Rerunning ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok:Rerunning ok         ok         ok         ok         ok         ok
      CANCELLING  ok         ok         ok:Rerunning ok         ok         ok         ok         ok         ok
      CANCELLED   ok         ok         ok:Retrying  abort      abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok:Retrying  abort      abort      ok         ok         ok         abort
      FAILED      ok         ok         ok:Retrying  abort      abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok:Retrying  abort      abort      ok         ok         ok         abort`,
  });

  for (const state of [null, aState("SCHEDULED"), aState("CANCELLING"), aState("COMPLETED")]) {
    testMatrix({
      title: `of a flow that is ${state?.type ?? "without a state"}`,
      decide: task({ flowRun: { id: "flow", state, runCount: 1 } }),
      expected: withRunning("abort"),
    });
  }

  testMatrix({
    title: "of a paused flow",
    decide: task({ flowRun: { id: "flow", state: aState("PAUSED"), runCount: 1 } }),
    expected: withRunning("NotReady"),
  });

  testMatrix({
    title: "whose work was done before",
    decide: task(
      { tags: ["db"] },
      { cachedState: anInitial("COMPLETED"), tagSlots: { outcome: "limit-zero", tag: "db" } },
    ),
    proposed: details({ cacheKey: "key" }),
    expected: withRunning("Cached"),
  });

  testMatrix({
    title: "told to refresh its cache",
    decide: task({}, { cachedState: anInitial("COMPLETED") }),
    proposed: details({ cacheKey: "key", refreshCache: true }),
    expected: ORDINARY,
  });

  testMatrix({
    title: "whose tag's limit is full",
    decide: task({ tags: ["db"] }, { tagSlots: { outcome: "full", tags: ["db"], averageOccupancy: null } }),
    expected: withRunning("wait"),
  });

  testMatrix({
    title: "whose tag's limit is 0",
    decide: task({ tags: ["db"] }, { tagSlots: { outcome: "limit-zero", tag: "db" } }),
    expected: withRunning("abort"),
  });

  testMatrix({
    title: "that is not due yet",
    decide: task(),
    initial: details({ scheduledTime: NOW + HOUR }),
    expected: ORDINARY.replace(
      "SCHEDULED   ok         ok         ok  ",
      "SCHEDULED   ok         ok         wait",
    ).replace("PENDING     ok         ok         ok  ", "PENDING     ok         ok         wait"),
  });

  testMatrix({
    title: "whose cache key is too long",
    decide: task(),
    proposed: details({ cacheKey: "k".repeat(2001) }),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         Completed  ok         ok
      SCHEDULED   ok         ok         ok         ok         ok         ok         Completed  ok         ok
      PENDING     ok         ok         ok         ok         ok         ok         Completed  ok         ok
      RUNNING     ok         ok         ok         ok         ok         ok         Completed  ok         ok
      PAUSED      ok         ok         ok         ok         ok         ok         Completed  ok         ok
      CANCELLING  ok         ok         ok         ok         ok         ok         Completed  ok         ok
      CANCELLED   ok         ok         ok         abort      abort      ok         Completed  ok         abort
      COMPLETED   ok         ok         ok         abort      abort      ok         Completed  ok         abort
      FAILED      ok         ok         ok         abort      abort      ok         Completed  ok         abort
      CRASHED     ok         ok         ok         abort      abort      ok         Completed  ok         abort`,
  });
});

describe("a background task run", () => {
  testMatrix({
    title: "is claimed once, and needs neither its flow nor a slot",
    decide: task(
      { tags: ["db"], flowRun: { id: "flow", state: aState("COMPLETED"), runCount: 1 } },
      { tagSlots: { outcome: "limit-zero", tag: "db" } },
      "background",
    ),
    expected: `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      PENDING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      RUNNING     ok         abort      ok         ok         ok         ok         ok         ok         ok
      PAUSED      ok         ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLING  ok         abort      ok         ok         ok         ok         ok         ok         ok
      CANCELLED   ok         abort      ok:Retrying abort     abort      ok         ok         ok         abort
      COMPLETED   ok         ok         ok:Retrying abort     abort      ok         ok         ok         abort
      FAILED      ok         ok         ok:Retrying abort     abort      ok         ok         ok         abort
      CRASHED     ok         ok         ok:Retrying abort     abort      ok         ok         ok         abort`,
  });
});
