import { describe, expect, test } from "vitest";
import type { AsyncOracle, Facts, FlowFactName } from "../facts.ts";
import { anInitial, aState, countingIds, details, NOW } from "../fixtures/samples.ts";
import { orchestrateFlowRun, orchestrateFlowRunAsync, type FlowRunProposal } from "../flow-run.ts";
import { SECOND } from "../settings.ts";

const TAKEN: Facts["deploymentSlot"] = { outcome: "taken", leaseId: "new-lease" };
const leased = details({ deploymentConcurrencyLeaseId: "lease" });

function proposal(from: Parameters<typeof anInitial>[0] | null, to: Parameters<typeof aState>[0]) {
  return {
    run: { id: "run", deploymentId: "deployment", infrastructurePid: "pid", runCount: 1 },
    initial: from === null ? null : leased(anInitial(from)),
    proposed: aState(to),
    now: NOW,
    newId: countingIds(),
    clientVersion: "3.4.11",
  } satisfies FlowRunProposal;
}

const slotEffects = ({ effects }: ReturnType<typeof orchestrateFlowRun>) =>
  effects.filter(({ kind }) => kind !== "emit-event");

describe("taking a slot", () => {
  test("names the lease in the state", () => {
    const answer = orchestrateFlowRun({
      ...proposal("SCHEDULED", "PENDING"),
      facts: { deploymentSlot: TAKEN },
    });
    expect(answer.state?.details.deploymentConcurrencyLeaseId).toBe("new-lease");
    expect(slotEffects(answer)).toEqual([]);
  });

  test("is undone when a later rule refuses", () => {
    const answer = orchestrateFlowRun({ ...proposal("PAUSED", "PENDING"), facts: { deploymentSlot: TAKEN } });
    expect(answer).toMatchObject({ status: "REJECT", stored: false });
    expect(answer.effects).toEqual([{ kind: "release-slot", leaseId: "new-lease" }]);
  });

  test("has a full deployment's run ask again later", () => {
    const full = { outcome: "full", strategy: "ENQUEUE" } as const;
    const ask = (settings?: FlowRunProposal["settings"]) =>
      orchestrateFlowRun({ ...proposal("SCHEDULED", "PENDING"), facts: { deploymentSlot: full }, settings });
    expect(ask().state?.details.scheduledTime).toBe(NOW + 30 * SECOND);
    expect(ask().changes.nextScheduledStartAt).toBe(NOW + 30 * SECOND);
    expect(ask({ deploymentSlotWait: SECOND }).state?.details.scheduledTime).toBe(NOW + SECOND);
  });

  test("is not done twice for a retry that kept its slot", async () => {
    const asked: string[] = [];
    const base = proposal("SCHEDULED", "PENDING");
    const answer = await orchestrateFlowRunAsync(
      {
        ...base,
        initial: leased(anInitial("SCHEDULED", { name: "AwaitingRetry" })),
        run: { ...base.run, policy: { pauseKeys: [], resuming: false, retryType: "in_process" } },
      },
      recording(asked),
    );
    expect(asked).toEqual([]);
    expect(answer.state?.details.deploymentConcurrencyLeaseId).toBe("lease");
    expect(slotEffects(answer)).toEqual([]);
  });

  test("asks about the run's own deployment, and only where it has one", async () => {
    const asked: string[] = [];
    await orchestrateFlowRunAsync(proposal(null, "PENDING"), recording(asked));
    await orchestrateFlowRunAsync({ ...proposal(null, "PENDING"), run: { id: "run" } }, recording(asked));
    expect(asked).toEqual(['deploymentSlot {"deploymentId":"deployment","flowRunId":"run"}']);
  });
});

describe("starting under a lease", () => {
  test("renews it", async () => {
    const asked: string[] = [];
    const answer = await orchestrateFlowRunAsync(proposal("PENDING", "RUNNING"), recording(asked));
    expect(asked).toEqual([
      'deploymentLease {"deploymentId":"deployment","flowRunId":"run","leaseId":"lease"}',
    ]);
    expect(answer.state?.details.deploymentConcurrencyLeaseId).toBe("lease");
  });

  test("asks nothing for a run without a lease, or without a deployment", async () => {
    const asked: string[] = [];
    const base = proposal("PENDING", "RUNNING");
    await orchestrateFlowRunAsync({ ...base, initial: anInitial("PENDING") }, recording(asked));
    await orchestrateFlowRunAsync({ ...base, run: { id: "run" } }, recording(asked));
    expect(asked).toEqual([]);
  });

  test("is about the lease that the proposal names, if it names one", async () => {
    const asked: string[] = [];
    const proposed = details({ deploymentConcurrencyLeaseId: "its-own" })(aState("RUNNING"));
    const answer = await orchestrateFlowRunAsync(
      { ...proposal("PENDING", "RUNNING"), proposed },
      recording(asked),
    );
    expect(asked).toEqual([expect.stringContaining('"leaseId":"its-own"')]);
    expect(answer.state?.details.deploymentConcurrencyLeaseId).toBe("its-own");
  });

  const reacquired = { outcome: "reaped-reacquired", leaseId: "second" } as const;

  test("goes on under a new one where the old was reaped", () => {
    const answer = orchestrateFlowRun({
      ...proposal("PENDING", "RUNNING"),
      facts: { deploymentLease: reacquired },
    });
    expect(answer.state?.details.deploymentConcurrencyLeaseId).toBe("second");
    expect(slotEffects(answer)).toEqual([]);
  });

  test("ends where it was reaped and no slot is left, with nothing to give back", () => {
    const lost = { deploymentLease: { outcome: "reaped-full" } } as const;
    const answer = orchestrateFlowRun({ ...proposal("PENDING", "RUNNING"), facts: lost });
    expect(answer.state?.type).toBe("CANCELLED");
    expect(answer.state?.message).toContain("slot was lost");
    expect(answer.state?.details).toEqual({ flowRunId: "run" });
  });

  test("gives the new one back when it turns out to be too early", () => {
    const base = proposal("PENDING", "RUNNING");
    const answer = orchestrateFlowRun({
      ...base,
      initial: details({ scheduledTime: NOW + 5 * SECOND })(base.initial ?? base.proposed),
      facts: { deploymentLease: reacquired },
    });
    expect(answer.status).toBe("WAIT");
    expect(answer.effects).toEqual([{ kind: "release-slot", leaseId: "second" }]);
  });

  test.each(["3.4.10", "2.20.1", "banana", null])(
    "by a client that never renews (%s) makes it permanent",
    (clientVersion) => {
      const answer = orchestrateFlowRun({
        ...proposal("PENDING", "RUNNING"),
        clientVersion,
        facts: { deploymentLease: { outcome: "reaped-full" } },
      });
      expect(answer.status).toBe("ACCEPT");
      expect(slotEffects(answer)).toEqual([{ kind: "pin-lease", leaseId: "lease" }]);
    },
  );
});

describe("giving the slot back", () => {
  test.each(["PENDING", "RUNNING", "CANCELLING"] as const)("happens when %s ends", (from) => {
    const answer = orchestrateFlowRun(proposal(from, "CANCELLED"));
    expect(slotEffects(answer)).toEqual([{ kind: "release-slot", leaseId: "lease" }]);
  });

  test.each([
    ["RUNNING", "PAUSED"],
    ["RUNNING", "SCHEDULED"],
  ] as const)("happens from %s to %s", (from, to) => {
    expect(slotEffects(orchestrateFlowRun(proposal(from, to)))).toEqual([
      { kind: "release-slot", leaseId: "lease" },
    ]);
  });

  test.each([
    ["PENDING", "RUNNING"],
    ["RUNNING", "RUNNING"],
    ["RUNNING", "CANCELLING"],
    ["SCHEDULED", "CANCELLED"],
    ["PAUSED", "RUNNING"],
    ["COMPLETED", "FAILED"],
  ] as const)("does not happen from %s to %s", (from, to) => {
    expect(slotEffects(orchestrateFlowRun(proposal(from, to)))).toEqual([]);
  });

  test("needs a lease to give back", () => {
    const answer = orchestrateFlowRun({ ...proposal("RUNNING", "COMPLETED"), initial: anInitial("RUNNING") });
    expect(slotEffects(answer)).toEqual([]);
  });

  test("waits for the end of a retry in the same process, also of a cancelled one", () => {
    const base = proposal("RUNNING", "FAILED");
    const retried = orchestrateFlowRun({ ...base, run: { ...base.run, retries: 1 } });
    expect(retried.state).toMatchObject({
      name: "AwaitingRetry",
      details: { deploymentConcurrencyLeaseId: "lease" },
    });
    expect(slotEffects(retried)).toEqual([]);

    const run = { ...base.run, ...retried.changes };
    const again = { ...base, run, initial: retried.state, now: NOW + 1 };
    expect(slotEffects(orchestrateFlowRun({ ...again, proposed: aState("RUNNING") }))).toEqual([]);
    expect(slotEffects(orchestrateFlowRun({ ...again, proposed: aState("CANCELLED") }))).toEqual([
      { kind: "release-slot", leaseId: "lease" },
    ]);
  });

  test.each([
    ["Scheduled", "in_process"],
    ["AwaitingRetry", "reschedule"],
    ["AwaitingRetry", null],
  ] as const)("does not wait for a run that is %s to be retried %s", (name, retryType) => {
    const base = proposal("RUNNING", "SCHEDULED");
    const run = { ...base.run, policy: { pauseKeys: [], resuming: false, retryType } };
    const answer = orchestrateFlowRun({ ...base, run, proposed: aState("SCHEDULED", { name }) });
    expect(slotEffects(answer)).toEqual([{ kind: "release-slot", leaseId: "lease" }]);
  });

  test("is possible after forced states too, because they keep the lease's name", () => {
    const forced = orchestrateFlowRun({ ...proposal("RUNNING", "CANCELLING"), force: true });
    expect(forced.state?.details.deploymentConcurrencyLeaseId).toBe("lease");
    const ended = orchestrateFlowRun({ ...proposal("RUNNING", "COMPLETED"), force: true });
    expect(slotEffects(ended)).toEqual([{ kind: "release-slot", leaseId: "lease" }]);
  });
});

function recording(asked: string[]): AsyncOracle<FlowFactName> {
  const note = (name: string, about: object) => asked.push(`${name} ${JSON.stringify(about)}`);
  return {
    deploymentSlot: (about) => (note("deploymentSlot", about), TAKEN),
    deploymentLease: (about) => (note("deploymentLease", about), { outcome: "renewed" }),
    deploymentLimit: (about) => (note("deploymentLimit", about), { outcome: "free" }),
  };
}
