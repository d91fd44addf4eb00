import fc from "fast-check";
import { expect, test } from "vitest";
import type { FlowRun } from "../run.ts";
import { arbitraryFlowStep } from "./fixtures/flow-world.ts";
import { anInitial, aState, countingIds, NOW } from "./fixtures/samples.ts";
import { orchestrateFlowRun, orchestrateFlowRunAsync } from "./flow-run.ts";

const row: FlowRun = {
  id: "run",
  flowId: "flow",
  flowName: "ingest",
  name: "calm-otter",
  state: anInitial("RUNNING"),
  parameters: null,
  tags: [],
  labels: {},
  flowVersion: null,
  runCount: 1,
  retries: 1,
  idempotencyKey: null,
  parentTaskRunId: null,
  parentFlowRunId: null,
  rootFlowRunId: "run",
  startAt: NOW - 9,
  endAt: null,
  expectedStartAt: NOW - 9,
  totalRunTime: 0,
  executorId: null,
  fence: 1,
  entrypoint: null,
  result: null,
  error: null,
  createdAt: NOW - 9,
  updatedAt: NOW - 9,
};

test("a flow run's row will do, and the answer's changes go back onto it", () => {
  const proposed = aState("FAILED", { message: "boom" });
  const newId = countingIds();
  const retry = orchestrateFlowRun({ run: row, initial: row.state, proposed, now: NOW, newId });
  expect(retry).toMatchObject({ status: "REJECT", state: { name: "AwaitingRetry", message: "boom" } });

  const waiting = { ...row, ...retry.changes };
  const running = { run: waiting, initial: retry.state, proposed: aState("RUNNING"), now: NOW, newId };
  expect(orchestrateFlowRun(running).changes).toMatchObject({ runCount: 2 });
});

test("facts that come later give the same answer as facts at hand", async () => {
  const facts = fc.record({
    deploymentSlot: fc.constantFrom(
      { outcome: "no-limit" as const },
      { outcome: "limit-zero" as const },
      { outcome: "taken" as const, leaseId: "new" },
      { outcome: "full" as const, strategy: "ENQUEUE" as const },
    ),
    deploymentLease: fc.constantFrom(
      { outcome: "renewed" as const },
      { outcome: "reaped-full" as const },
      { outcome: "reaped-reacquired" as const, leaseId: "new" },
    ),
    deploymentLimit: fc.constantFrom(
      { outcome: "free" as const },
      { outcome: "full" as const, strategy: "CANCEL_NEW" as const },
    ),
  });
  const policy = fc.constantFrom("core" as const, "late" as const);
  await fc.assert(
    fc.asyncProperty(
      arbitraryFlowStep({ force: true }),
      arbitraryFlowStep({ force: true }),
      facts,
      policy,
      async ({ proposed: initial }, { proposed, force, clientVersion }, facts, policy) => {
        const proposal = () => ({
          run: { id: "run", deploymentId: "deployment" },
          initial: { ...initial, details: { ...initial.details, deploymentConcurrencyLeaseId: "old" } },
          proposed,
          now: NOW,
          newId: countingIds(),
          force,
          clientVersion,
          policy,
        });
        const later = await orchestrateFlowRunAsync(proposal(), {
          deploymentSlot: () => Promise.resolve(facts.deploymentSlot),
          deploymentLease: () => Promise.resolve(facts.deploymentLease),
          deploymentLimit: () => facts.deploymentLimit,
        });
        expect(later).toEqual(orchestrateFlowRun({ ...proposal(), facts }));
      },
    ),
  );
});

test("without facts nothing is limited", () => {
  const answer = orchestrateFlowRun({
    run: { id: "run", deploymentId: "deployment" },
    initial: anInitial("SCHEDULED"),
    proposed: aState("PENDING"),
    now: NOW,
    newId: countingIds(),
  });
  expect(answer.status).toBe("ACCEPT");
});
