import { describe, expect, test } from "vitest";
import type { CollisionStrategy, Facts } from "./facts.ts";
import { testMatrix, type Situation } from "./fixtures/matrix.ts";
import { anInitial, aState, countingIds, NOW, only } from "./fixtures/samples.ts";
import { orchestrateFlowRun } from "./flow-run.ts";

function marking(deploymentLimit: Facts["deploymentLimit"]): Situation["decide"] {
  return (initial, proposed) =>
    orchestrateFlowRun({
      run: { id: "run", deploymentId: "deployment" },
      initial,
      proposed,
      now: NOW,
      newId: countingIds(),
      policy: "late",
      facts: { deploymentLimit },
    });
}

const asLate = only("SCHEDULED", (state) => ({ ...state, name: "Late" }));

const ONLY_LATE_IS_JUDGED = `
                  SCHEDULED  PENDING    RUNNING    PAUSED     CANCELLING CANCELLED  COMPLETED  FAILED     CRASHED
      NONE        ok         ok         ok         ok         ok         ok         ok         ok         ok
      SCHEDULED   ok         ok         ok         ok         ok         ok         ok         ok         ok
      PENDING     keep       ok         ok         ok         ok         ok         ok         ok         ok
      RUNNING     keep       ok         ok         ok         ok         ok         ok         ok         ok
      PAUSED      keep       ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLING  keep       ok         ok         ok         ok         ok         ok         ok         ok
      CANCELLED   keep       ok         ok         ok         ok         ok         ok         ok         ok
      COMPLETED   keep       ok         ok         ok         ok         ok         ok         ok         ok
      FAILED      keep       ok         ok         ok         ok         ok         ok         ok         ok
      CRASHED     keep       ok         ok         ok         ok         ok         ok         ok         ok`;

describe("marking a run late", () => {
  testMatrix({
    title: "needs a run that is still scheduled",
    decide: marking({ outcome: "free" }),
    proposed: asLate,
    expected: ONLY_LATE_IS_JUDGED,
  });

  testMatrix({
    title: "leaves it waiting for a full deployment that has runs wait",
    decide: marking({ outcome: "full", strategy: "ENQUEUE" }),
    proposed: asLate,
    expected: ONLY_LATE_IS_JUDGED,
  });

  testMatrix({
    title: "cancels it where the full deployment would",
    decide: marking({ outcome: "full", strategy: "CANCEL_NEW" }),
    proposed: asLate,
    expected: ONLY_LATE_IS_JUDGED.replace("SCHEDULED   ok ", "SCHEDULED   Cancelled "),
  });

  test("happens once", () => {
    const late = anInitial("SCHEDULED", { name: "Late" });
    const answer = marking({ outcome: "free" })(late, asLate(aState("SCHEDULED")));
    expect(answer).toMatchObject({ status: "REJECT", stored: false, effects: [] });
    expect(answer.state).toBe(late);
  });

  test.each<CollisionStrategy>(["ENQUEUE", "CANCEL_NEW"])(
    "needs no slot without a deployment (%s)",
    (strategy) => {
      const answer = orchestrateFlowRun({
        run: { id: "run" },
        initial: anInitial("SCHEDULED"),
        proposed: asLate(aState("SCHEDULED")),
        now: NOW,
        newId: countingIds(),
        policy: "late",
        facts: { deploymentLimit: { outcome: "full", strategy } },
      });
      expect(answer).toMatchObject({ status: "ACCEPT", state: { name: "Late" } });
    },
  );
});
