import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { Child } from "../../support/child.ts";
import {
  type Opened,
  type OpenBackend,
  allEntries,
  anEntry,
  anExecutor,
  aState,
  batch,
  entryOp,
  NOW,
  seedRun,
} from "./backend.ts";

const USER = join(import.meta.dirname, "..", "fixtures", "store-user.ts");

/** Several users of the same data, what the flags promise, and the end. */
export function sharingConformance(opened: () => Opened, open: OpenBackend): void {
  describe("two users of the same data", () => {
    it("see each other's writes at once", async () => {
      const { store } = opened();
      const other = await opened().again();
      try {
        const run = await seedRun(store);
        const entry = anEntry(run.id, 0);
        expect(await other.commit([batch(run, entryOp(entry))])).toEqual([]);
        expect(await allEntries(store, run.id)).toEqual([entry]);

        const executor = anExecutor();
        await other.registerExecutor(executor);
        expect(await store.liveExecutors()).toContainEqual(executor);
        const claim = await store.claimRun({ runId: run.id, executorId: executor.id, now: NOW });
        expect(claim).toMatchObject({ claimed: true });
        expect(await other.commit([batch(run, entryOp(anEntry(run.id, 1)))])).toMatchObject([
          { batch: { runId: run.id }, reason: "fence", fence: run.fence + 1 },
        ]);

        await store.limits.upsert({ id: uuidv7(), name: "shared", limit: 2, now: NOW });
        expect(await other.limits.get("shared")).toMatchObject({ limit: 2 });
        const row = {
          key: "shared",
          result: { kind: "inline" as const, text: "1" },
          taskRunId: null,
          expiresAt: null,
          createdAt: NOW,
        };
        await other.cache.put(row);
        expect(await store.cache.get("shared", NOW)).toEqual(row);
        expect((await (await other.repositories()).flowRuns.get(run.id))?.executorId).toBe(executor.id);
      } finally {
        await other.close();
      }
      // The other's end is not this one's.
      expect(await seedRun(store)).toBeDefined();
    });

    it("lose nothing while several processes write at once", { timeout: 120_000 }, async () => {
      const { store, childArguments } = opened();
      const runs = [await seedRun(store), await seedRun(store), await seedRun(store)];
      const children = runs.map((run) => new Child(USER, [...childArguments, "write", run.id, "300"]));
      const mine = await seedRun(store);
      for (let seq = 0; seq < 100; seq++) await store.commit([batch(mine, entryOp(anEntry(mine.id, seq)))]);
      await Promise.all(children.map((child) => child.done()));
      for (const run of runs)
        expect((await allEntries(store, run.id)).map((entry) => entry.seq)).toEqual(
          Array.from({ length: 300 }, (_, seq) => seq),
        );
      expect(await allEntries(store, mine.id)).toHaveLength(100);
    });

    it("keep what a killed process was told is kept", { timeout: 60_000 }, async () => {
      const { store, childArguments } = opened();
      const run = await seedRun(store);
      const child = new Child(USER, [...childArguments, "write", run.id, "1000000"]);
      await child.printed("kept 50\n");
      await child.kill();
      const told = child.output.match(/^kept \d+$/gm)?.length ?? 0;
      const entries = await allEntries(store, run.id);
      expect(told).toBeGreaterThanOrEqual(50);
      expect(entries.length).toBeGreaterThanOrEqual(told);
      expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index));
    });
  });

  describe("the capabilities", () => {
    it("offer a blocking commit where they say so, and it is one", async () => {
      const { store } = opened();
      expect(store.commitSync !== undefined).toBe(store.capabilities.blockingCommit);
      if (store.commitSync === undefined) return;
      const run = await seedRun(store);
      const entry = anEntry(run.id, 0);
      expect(store.commitSync([batch(run, entryOp(entry))])).toEqual([]);
      expect(await allEntries(store, run.id)).toEqual([entry]);
    });

    it("are all told", () => {
      const flags = ["multiHost", "skipLocked", "notify", "blockingCommit"];
      const { capabilities } = opened().store;
      expect(Object.keys(capabilities).sort()).toEqual(flags.sort());
      for (const flag of Object.values(capabilities)) expect(flag).toBeTypeOf("boolean");
    });
  });

  describe("the end", () => {
    it("may come twice, keeps everything, and lets nothing in after it", async () => {
      const fresh = await open();
      try {
        const run = await seedRun(fresh.store);
        const entry = anEntry(run.id, 0);
        await fresh.store.commit([
          batch(run, entryOp(entry), {
            op: "run-state",
            runId: run.id,
            change: { state: aState("COMPLETED") },
          }),
        ]);
        await fresh.store.close();
        await fresh.store.close();
        await expect(fresh.store.commit([batch(run, entryOp(entry))])).rejects.toMatchObject({
          code: "SEGNO_STORE_CLOSED",
        });
        await expect(fresh.store.liveExecutors()).rejects.toMatchObject({ code: "SEGNO_STORE_CLOSED" });
        await expect(fresh.store.limits.list()).rejects.toMatchObject({ code: "SEGNO_STORE_CLOSED" });

        const again = await fresh.again();
        expect(await allEntries(again, run.id)).toEqual([entry]);
        expect((await (await again.repositories()).flowRuns.get(run.id))?.state.type).toBe("COMPLETED");
        await again.close();
      } finally {
        await fresh.cleanup();
      }
    });
  });
}
