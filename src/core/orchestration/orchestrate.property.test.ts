import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTerminal, STATE_TYPES, type State } from "../state.ts";
import { arbitraryFlowStep, FlowWorld } from "./fixtures/flow-world.ts";
import { aState, countingIds, deepFreeze, PERSISTED, UNPERSISTED } from "./fixtures/samples.ts";
import { hasPersistedResult } from "./state-facts.ts";
import { orchestrateTaskRun } from "./task-run.ts";

const steps = (options: { force: boolean }) => fc.array(arbitraryFlowStep(options), { maxLength: 25 });

/** Plays any sequence of proposals, and calls `check` after each. */
function always(
  force: boolean,
  check: (world: FlowWorld, step: ReturnType<FlowWorld["play"]>) => void,
  numRuns = 400,
): void {
  fc.assert(
    fc.property(
      fc.record({ retries: fc.nat(3), deployed: fc.boolean(), subflow: fc.boolean() }),
      steps({ force }),
      (run, all) => {
        const world = new FlowWorld(run);
        for (const step of all) check(world, world.play(step));
      },
    ),
    { numRuns },
  );
}

describe("whatever is proposed for a flow run", () => {
  test("a stored result is never taken back, unless by force", () => {
    always(false, (_, { before, after }) => {
      if (before?.type !== "COMPLETED" || !hasPersistedResult(before)) return;
      expect(after && isTerminal(after.type)).toBe(true);
    });
  });

  test("not even force puts a completed state without a result over one with a result", () => {
    always(true, (_, { before, after }) => {
      if (before?.type !== "COMPLETED" || !hasPersistedResult(before) || after?.type !== "COMPLETED") return;
      expect(hasPersistedResult(after)).toBe(true);
    });
  });

  test("attempts are only ever added, one at a time, on entering Running", () => {
    always(true, ({ run }, { runBefore, answer }) => {
      const added = run.runCount - runBefore.runCount;
      const started = answer.stored && answer.state?.type === "RUNNING";
      expect(started ? [0, 1] : [0]).toContain(added);
    });
  });

  test("the start is set once and the end exactly while the run has ended", () => {
    always(true, ({ run, state }, { runBefore }) => {
      if (runBefore.startAt !== null) expect(run.startAt).toBe(runBefore.startAt);
      expect(run.endAt !== null).toBe(state !== null && isTerminal(state.type));
      if (run.endAt !== null) expect(run.startAt).not.toBeNull();
    });
  });

  test("the run time is the time between entering Running and leaving it", () => {
    always(true, ({ run, history }) => {
      const spent = history.reduce((sum, state, index) => {
        const next = history[index + 1];
        return state.type === "RUNNING" && next !== undefined ? sum + next.timestamp - state.timestamp : sum;
      }, 0);
      expect(run.totalRunTime).toBe(spent);
    });
  });

  test("states follow one another in time, and a due time is noted exactly while scheduled", () => {
    always(true, ({ run, state, history }) => {
      const times = history.map(({ timestamp }) => timestamp);
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
      const due = state?.type === "SCHEDULED" ? (state.details.scheduledTime ?? null) : null;
      expect(run.nextScheduledStartAt).toBe(due);
      expect(run.expectedStartAt === null).toBe(state === null);
    });
  });

  test("asking again with the same transition id changes nothing and gives the same state", () => {
    always(false, (world, { step, answer }) => {
      if (!answer.stored || step.proposed.details.transitionId === undefined) return;
      const again = world.decide(step);
      expect(again).toMatchObject({ status: "REJECT", stored: false, changes: {}, effects: [] });
      expect(again.state).toBe(answer.state);
    });
  });

  test("every rejection gives a state, and whatever is not stored changes nothing", () => {
    always(true, (_, { before, answer }) => {
      if (answer.status === "REJECT") expect(answer.state).not.toBeNull();
      if (answer.status === "WAIT" || answer.status === "ABORT") expect(answer.stored).toBe(false);
      if (answer.status === "ACCEPT") expect(answer.stored).toBe(true);
      if (!answer.stored) {
        expect(answer.state).toBe(before);
        expect(answer.changes).toEqual({});
      }
    });
  });

  test("force hears the minimal policy and nothing else", () => {
    always(true, (_, { step, answer }) => {
      if (!step.force) return;
      const minimal = [
        "PreventResultDataLoss",
        "BypassCancellingFlowRunsWithNoInfra",
        "InstrumentFlowRunStateTransitions",
        "ReleaseFlowConcurrencySlots",
      ];
      expect(minimal).toEqual(expect.arrayContaining([...answer.fired]));
    });
  });

  test("a slot is held exactly by a state that names its lease, and never more than one", () => {
    always(
      true,
      ({ leases, state, policy }) => {
        expect(leases.size).toBeLessThanOrEqual(1);
        for (const lease of leases) {
          expect(state?.details.deploymentConcurrencyLeaseId).toBe(lease);
          const retrying = state?.name === "AwaitingRetry" && policy.retryType === "in_process";
          expect(["PENDING", "RUNNING", "CANCELLING", ...(retrying ? ["SCHEDULED"] : [])]).toContain(
            state?.type,
          );
        }
      },
      1500,
    );
  });
});

test("whatever is proposed for a task run, its book adds up and a stored result stays", () => {
  const state = fc.record({
    type: fc.constantFrom(...STATE_TYPES),
    data: fc.constantFrom(null, PERSISTED, UNPERSISTED),
    after: fc.integer({ min: -5, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(state, { maxLength: 20 }), fc.nat(2), (proposals, retries) => {
      const newId = countingIds();
      let current: State | null = null;
      let run = { id: "task", retries, runCount: 0, startAt: null, endAt: null, totalRunTime: 0 };
      let now = 1_000_000;
      for (const { type, data, after } of proposals) {
        now += after;
        const proposed = aState(type, { id: newId(), timestamp: now, data });
        const answer = orchestrateTaskRun(deepFreeze({ run, initial: current, proposed, now, newId }));
        const kept: boolean = current?.type === "COMPLETED" && hasPersistedResult(current);
        if (kept) expect(answer.state).toBe(current);
        expect(answer.state).not.toBeNull();
        run = { ...run, ...answer.changes } as typeof run;
        current = answer.state;
        expect(run.endAt !== null).toBe(current !== null && isTerminal(current.type));
        expect(run.totalRunTime).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
