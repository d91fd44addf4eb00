import { describe, expect, test } from "vitest";
import { anInitial, aState, countingIds, details, HOUR, NOW } from "../fixtures/samples.ts";
import { orchestrateFlowRun, type FlowOrchestration, type FlowRunProposal } from "../flow-run.ts";
import type { FlowRunPolicy } from "../run-facts.ts";

function decide(
  more: Pick<FlowRunProposal, "initial" | "proposed"> & Partial<FlowRunProposal>,
): FlowOrchestration {
  return orchestrateFlowRun({ run: { id: "run", runCount: 1 }, now: NOW, newId: countingIds(), ...more });
}

const reasonOf = ({ details }: FlowOrchestration) => ("reason" in details ? details.reason : null);
const policy = (more: Partial<FlowRunPolicy> = {}): FlowRunPolicy => ({
  pauseKeys: [],
  resuming: false,
  retryType: null,
  ...more,
});

describe("pausing", () => {
  test("remembers the key, so that it happens once", () => {
    const initial = anInitial("RUNNING");
    const proposed = aState("PAUSED", { details: { pauseKey: "approval" } });
    const first = decide({ initial, proposed, run: { id: "run", policy: policy({ pauseKeys: ["other"] }) } });
    expect(first.changes.policy?.pauseKeys).toEqual(["other", "approval"]);

    const second = decide({ initial, proposed, run: { id: "run", ...first.changes } });
    expect(second).toMatchObject({ status: "REJECT", stored: false });
    expect(second.state).toBe(initial);
    expect(reasonOf(second)).toBe("This pause has already fired.");
  });

  test("without a key makes one, so that the next pause without a key still happens", () => {
    const answer = decide({ initial: anInitial("RUNNING"), proposed: aState("PAUSED") });
    expect(answer.changes.policy?.pauseKeys).toEqual(["id-1"]);
  });

  test("remembers nothing that was refused", () => {
    const answer = decide({
      initial: anInitial("PENDING"),
      proposed: aState("PAUSED", { details: { pauseKey: "k" } }),
    });
    expect(answer).toMatchObject({ status: "REJECT", changes: {} });
  });

  test("is called suspending where that was asked", () => {
    const proposed = aState("PAUSED", { name: "Suspended", details: { pauseReschedule: true } });
    expect(reasonOf(decide({ initial: null, proposed }))).toMatch(/^Cannot suspend /);
    expect(reasonOf(decide({ initial: anInitial("PENDING"), proposed }))).toMatch(/^Cannot suspend /);
    expect(reasonOf(decide({ initial: anInitial("RUNNING"), proposed }))).toMatch(
      /^Cannot suspend .* deployment/,
    );
  });
});

describe("resuming", () => {
  const paused = anInitial("PAUSED", { details: { pauseTimeout: NOW + HOUR } });

  test("in the process goes on with the same attempt", () => {
    const answer = decide({ initial: paused, proposed: aState("RUNNING") });
    expect(answer.status).toBe("ACCEPT");
    expect(answer.changes.runCount).toBeUndefined();
    expect(answer.changes.policy).toEqual(policy());
  });

  test("through the schedule goes on with the same attempt, and the next start counts again", () => {
    const base = { id: "run", deploymentId: "d", runCount: 1, policy: policy({ pauseKeys: ["k"] }) };
    const suspended = details({ pauseReschedule: true })(paused);
    const resuming = decide({
      run: base,
      initial: suspended,
      proposed: aState("SCHEDULED", { name: "Resuming" }),
    });
    expect(resuming.changes.policy).toEqual(policy({ pauseKeys: ["k"], resuming: true }));

    const waiting = { ...base, ...resuming.changes };
    const running = decide({ run: waiting, initial: resuming.state, proposed: aState("RUNNING") });
    expect(running.changes).toMatchObject({ policy: policy({ pauseKeys: ["k"] }) });
    expect(running.changes.runCount).toBeUndefined();

    const again = decide({
      run: { ...waiting, ...running.changes },
      initial: running.state,
      proposed: aState("RUNNING"),
    });
    expect(again.changes.runCount).toBe(2);
  });

  test("is over when the run ends instead", () => {
    const answer = decide({ initial: paused, proposed: aState("CANCELLED") });
    expect(answer.changes.policy).toEqual(policy());
  });

  test("comes too late after the timeout", () => {
    const initial = anInitial("PAUSED", { name: "Suspended", details: { pauseTimeout: NOW - 1 } });
    const answer = decide({ initial, proposed: aState("RUNNING") });
    expect(answer).toMatchObject({
      status: "REJECT",
      stored: true,
      state: { type: "FAILED", message: "The flow was suspended and never resumed." },
    });
    expect(answer.changes.policy).toBeUndefined();
  });

  test("is in time at the very timeout", () => {
    const initial = details({ pauseTimeout: NOW })(paused);
    expect(decide({ initial, proposed: aState("RUNNING") }).status).toBe("ACCEPT");
  });
});

describe("a run that begins again after its end", () => {
  const run = {
    id: "run",
    deploymentId: "d",
    policy: policy({ pauseKeys: ["k"], resuming: true, retryType: "in_process" }),
  };

  test("pauses where it paused before, and knows who starts it", () => {
    const rescheduled = decide({ run, initial: anInitial("FAILED"), proposed: aState("SCHEDULED") });
    expect(rescheduled.changes.policy).toEqual(policy({ retryType: "reschedule" }));
    const rerun = decide({ run, initial: anInitial("FAILED"), proposed: aState("RUNNING") });
    expect(rerun.changes.policy).toEqual(policy());
  });

  test("keeps its memory when the attempt is refused, or when it only ends differently", () => {
    const refused = decide({ run, initial: anInitial("CANCELLED"), proposed: aState("PENDING") });
    expect(refused).toMatchObject({ status: "ABORT", changes: {} });
    const ended = decide({
      run: { ...run, policy: policy() },
      initial: anInitial("FAILED"),
      proposed: aState("COMPLETED"),
    });
    expect(ended.changes.policy).toBeUndefined();
  });
});
