import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { FlowRun } from "../../../src/core/run.ts";
import type { StateType } from "../../../src/core/state.ts";
import type { Store } from "../../../src/store/store.ts";
import { anEntry, anExecutor, aState, batch, entryOp, NOW, seedRun } from "./backend.ts";

/** Processes that come, beat and go, and what becomes of their runs. */
export function executorConformance(store: () => Store): void {
  async function owned(executorId: string, type: StateType): Promise<FlowRun> {
    const run = await seedRun(store(), {}, type);
    const claim = await store().claimRun({ runId: run.id, executorId, now: NOW, force: true });
    if (!claim.claimed) throw new Error("a forced claim was refused");
    return claim.run;
  }

  const live = async (id: string) => (await store().liveExecutors()).find((one) => one.id === id);

  describe("an executor", () => {
    it("is known whole from its registration to its end", async () => {
      const executor = anExecutor();
      const bare = anExecutor({ pidStartedAt: null });
      await store().registerExecutor(executor);
      await store().registerExecutor(bare);
      expect(await live(executor.id)).toEqual(executor);
      expect(await live(bare.id)).toEqual(bare);
      await store().endExecutor(executor.id, NOW + 1);
      expect(await live(executor.id)).toBeUndefined();
      expect(await live(bare.id)).toEqual(bare);
    });

    it("moves its end with each beat, and hears which of its runs to cancel", async () => {
      const executor = anExecutor();
      await store().registerExecutor(executor);
      const [wanted, other] = [await owned(executor.id, "RUNNING"), await owned(executor.id, "RUNNING")];
      await owned(uuidv7(), "CANCELLING");
      expect(await store().beatExecutor(executor.id, NOW + 99)).toEqual([]);
      expect((await live(executor.id))?.expiresAt).toBe(NOW + 99);
      const { flowRuns } = await store().repositories();
      await flowRuns.requestCancel(wanted.id, NOW + 1, uuidv7());
      expect(await store().beatExecutor(executor.id, NOW + 100)).toEqual([wanted.id]);
      expect((await flowRuns.get(other.id))?.state.type).toBe("RUNNING");
    });
  });

  describe("crashRunsOf", () => {
    it("marks the runs of a dead process, takes them from it, and leaves the others'", async () => {
      const [dead, alive] = [anExecutor(), anExecutor()];
      for (const executor of [dead, alive]) await store().registerExecutor(executor);
      const running = await owned(dead.id, "RUNNING");
      const pending = await owned(dead.id, "PENDING");
      const cancelling = await owned(dead.id, "CANCELLING");
      const waiting = await owned(dead.id, "SCHEDULED");
      const paused = await owned(dead.id, "PAUSED");
      const others = await owned(alive.id, "RUNNING");

      const crashed = await store().crashRunsOf(dead.id, NOW + 5, "the process died");
      expect([...crashed].sort()).toEqual([running.id, pending.id, cancelling.id].sort());
      const { flowRuns } = await store().repositories();
      const get = async (run: FlowRun) => flowRuns.get(run.id);
      for (const run of [running, pending]) {
        expect(await get(run)).toMatchObject({
          state: { type: "CRASHED", name: "Crashed", timestamp: NOW + 5, message: "the process died" },
          endAt: NOW + 5,
          executorId: null,
        });
        expect((await flowRuns.states(run.id)).at(-1)).toEqual((await get(run))?.state);
      }
      expect(await get(cancelling)).toMatchObject({
        state: { type: "CANCELLED", name: "Cancelled" },
        executorId: null,
      });
      for (const run of [waiting, paused])
        expect(await get(run)).toMatchObject({ state: run.state, endAt: null, executorId: null });
      expect(await get(others)).toEqual(others);
      expect(await live(dead.id)).toBeUndefined();

      // The dead one, should it wake up, writes into none of them.
      for (const run of [running, pending, cancelling, waiting, paused]) {
        const late = batch(run, entryOp(anEntry(run.id, 0)), {
          op: "run-state",
          runId: run.id,
          change: { state: aState("COMPLETED") },
        });
        expect(await store().commit([late])).toMatchObject([{ batch: { runId: run.id }, reason: "fence" }]);
      }
      expect(await store().crashRunsOf(dead.id, NOW + 6, "again")).toEqual([]);
    });

    it("frees the slots and the locks of the dead", async () => {
      const dead = anExecutor();
      await store().registerExecutor(dead);
      await store().limits.upsert({ id: uuidv7(), name: "one-seat", limit: 1, now: NOW });
      const acquire = (executorId: string | null) =>
        store().limits.acquire({
          names: ["one-seat"],
          slots: 1,
          leaseId: uuidv7(),
          holder: { type: "process", id: "p", executorId },
          now: NOW,
          expiresAt: NOW + 1_000_000,
          strict: true,
        });
      const lock = (holder: string, executorId: string | null) =>
        store().cache.lock({ key: "locked", holder, executorId, now: NOW, expiresAt: NOW + 1_000_000 });
      expect(await acquire(dead.id)).toMatchObject({ acquired: true });
      expect(await lock("theirs", dead.id)).toEqual({ locked: true });
      expect(await acquire(null)).toMatchObject({ acquired: false });
      expect(await lock("mine", null)).toEqual({ locked: false, holder: "theirs" });
      await store().crashRunsOf(dead.id, NOW, "died");
      expect(await acquire(null)).toMatchObject({ acquired: true });
      expect(await lock("mine", null)).toEqual({ locked: true });
    });
  });
}
