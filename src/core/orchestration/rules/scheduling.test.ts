import { describe, expect, test } from "vitest";
import { anInitial, aState, countingIds, details, NOW } from "../fixtures/samples.ts";
import { orchestrateFlowRun } from "../flow-run.ts";
import { SECOND } from "../settings.ts";

function startAt(scheduledTime: number | undefined) {
  const initial = anInitial("PENDING", { details: { scheduledTime } });
  return orchestrateFlowRun({
    run: { id: "run" },
    initial,
    proposed: aState("RUNNING"),
    now: NOW,
    newId: countingIds(),
  });
}

describe("a run that is proposed as running", () => {
  test.each([
    [0.6, 1],
    [1, 1],
    [1.4, 1],
    [1.5, 2],
    [3600, 3600],
  ])("%d s early waits %d whole seconds", (early, delaySeconds) => {
    const answer = startAt(NOW + early * SECOND);
    expect(answer).toMatchObject({ status: "WAIT", details: { delaySeconds } });
  });

  test.each([undefined, NOW - SECOND, NOW, NOW + 0.4 * SECOND])("and is due (%s) runs", (scheduledTime) => {
    expect(startAt(scheduledTime).status).toBe("ACCEPT");
  });
});

describe("a claimed run", () => {
  const claim = (initial = anInitial("SCHEDULED"), proposed = aState("PENDING")) =>
    orchestrateFlowRun({ run: { id: "run" }, initial, proposed, now: NOW, newId: countingIds() }).state
      ?.details;

  test("remembers when it is due", () => {
    expect(claim(anInitial("SCHEDULED", { details: { scheduledTime: 5 } }))?.scheduledTime).toBe(5);
  });

  test("takes another time that it is given", () => {
    const proposed = aState("PENDING", { details: { scheduledTime: 7 } });
    expect(claim(anInitial("SCHEDULED", { details: { scheduledTime: 5 } }), proposed)?.scheduledTime).toBe(7);
  });

  test("keeps its time and its lease through the stages of its start", () => {
    const initial = details({ scheduledTime: 5, deploymentConcurrencyLeaseId: "lease" })(
      anInitial("PENDING"),
    );
    const proposed = aState("PENDING", { name: "Submitting", details: { scheduledTime: 7, pauseKey: "k" } });
    expect(claim(initial, proposed)).toMatchObject({
      scheduledTime: 5,
      deploymentConcurrencyLeaseId: "lease",
      pauseKey: "k",
    });
  });

  test("does not go back to a stage that it is in, nor to the first", () => {
    const submitting = anInitial("PENDING", { name: "Submitting" });
    for (const name of ["Submitting", "Pending"]) {
      expect(claim(submitting, aState("PENDING", { name }))).toBe(submitting.details);
    }
  });
});
