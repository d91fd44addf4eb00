import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { makeState } from "../../../src/core/state.ts";
import { Child } from "../../support/child.ts";
import {
  type Opened,
  allEntries,
  anEntry,
  anExecutor,
  aRun,
  batch,
  entryOp,
  NOW,
  seedFlow,
  seedRun,
} from "./backend.ts";

const USER = join(import.meta.dirname, "..", "fixtures", "store-user.ts");

/** Creating runs once, and deciding who executes them. */
export function runConformance(opened: () => Opened): void {
  const store = () => opened().store;
  const times = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));

  describe("a flow", () => {
    it("is made once, and brought up to date by its name", async () => {
      const made = await seedFlow(store(), "reports");
      const change = { tags: ["b", "c"], labels: { x: [1] }, inputSchema: null, updatedAt: NOW + 1 };
      const changed = await store().upsertFlow({ ...made, ...change, id: uuidv7(), createdAt: NOW + 1 });
      expect(changed).toEqual({ ...made, ...change });
      expect(await (await store().repositories()).flows.getByName("reports")).toEqual(changed);
    });

    it("is one, whoever makes it at once", async () => {
      const flows = await Promise.all(times(20, () => seedFlow(store(), "at-once")));
      expect(new Set(flows.map((flow) => flow.id)).size).toBe(1);
    });
  });

  describe("a run that somebody asked to cancel", () => {
    const change = (runId: string, type: "RUNNING" | "SCHEDULED" | "CANCELLED") => ({
      op: "run-state" as const,
      runId,
      change: { state: makeState({ id: uuidv7(), type, timestamp: NOW + 5 }) },
    });

    it("is moved by its end only, so that the request is not lost", async () => {
      const run = await seedRun(store(), {}, "CANCELLING");
      const { flowRuns } = await store().repositories();
      expect(await store().commit([batch(run, change(run.id, "SCHEDULED"))])).toEqual([]);
      expect((await flowRuns.get(run.id))?.state.type).toBe("CANCELLING");
      expect(await flowRuns.states(run.id)).toHaveLength(1);
      await store().commit([batch(run, change(run.id, "CANCELLED"))]);
      expect((await flowRuns.get(run.id))?.state.type).toBe("CANCELLED");
      expect(await flowRuns.states(run.id)).toHaveLength(2);
    });
  });

  describe("findOrCreateRun", () => {
    it("makes a run, whole", async () => {
      const flow = await seedFlow(store());
      const given = aRun(flow, {
        parameters: { kind: "inline", text: '{"a":1}' },
        idempotencyKey: "whole",
        tags: ["t"],
      });
      expect(await store().findOrCreateRun(given)).toEqual({ created: true, run: given.run });
      const { flowRuns } = await store().repositories();
      expect(await flowRuns.get(given.run.id)).toEqual(given.run);
      expect(await flowRuns.states(given.run.id)).toEqual(given.history);
    });

    it("answers the run that has the key, and makes no other", async () => {
      const flow = await seedFlow(store());
      const other = await seedFlow(store(), "other");
      const first = aRun(flow, { idempotencyKey: "key" });
      await store().findOrCreateRun(first);
      expect(await store().findOrCreateRun(aRun(flow, { idempotencyKey: "key" }))).toEqual({
        created: false,
        run: first.run,
      });
      const elsewhere = await store().findOrCreateRun(aRun(other, { idempotencyKey: "key" }));
      expect(elsewhere.created).toBe(true);
      const { flowRuns } = await store().repositories();
      expect((await flowRuns.findByIdempotencyKey(flow.name, "key"))?.id).toBe(first.run.id);
    });

    it("makes a run each time when there is no key", async () => {
      const flow = await seedFlow(store());
      const made = await Promise.all(times(5, () => store().findOrCreateRun(aRun(flow))));
      expect(made.every((one) => one.created)).toBe(true);
    });

    it("makes one run for a key, whoever asks at once", async () => {
      const flow = await seedFlow(store());
      const asked = await Promise.all(
        times(50, () => store().findOrCreateRun(aRun(flow, { idempotencyKey: "at-once" }))),
      );
      expect(asked.filter((one) => one.created)).toHaveLength(1);
      expect(new Set(asked.map((one) => one.run.id)).size).toBe(1);
    });

    it("makes one run for a key, whatever process asks", { timeout: 60_000 }, async () => {
      await seedFlow(store());
      const children = times(4, () => new Child(USER, [...opened().childArguments, "find-or-create", "100"]));
      const answers = await Promise.all(
        children.map(async (child) => JSON.parse(await child.done()) as { created: boolean; id: string }[]),
      );
      for (const key of times(100, (index) => index)) {
        const ofKey = answers.map((answer) => answer[key]);
        expect(ofKey.filter((one) => one?.created === true)).toHaveLength(1);
        expect(new Set(ofKey.map((one) => one?.id)).size).toBe(1);
      }
    });
  });

  describe("claimRun", () => {
    const claim = (runId: string, executorId: string, more: { force?: boolean; now?: number } = {}) =>
      store().claimRun({ runId, executorId, now: NOW, ...more });

    it("says that there is no such run", async () => {
      expect(await claim(uuidv7(), uuidv7())).toEqual({ claimed: false, reason: "missing" });
    });

    it("gives a free run to who asks, with a new fence", async () => {
      const run = await seedRun(store());
      const executor = anExecutor();
      await store().registerExecutor(executor);
      const answer = await claim(run.id, executor.id, { now: NOW + 7 });
      expect(answer).toEqual({
        claimed: true,
        run: { ...run, executorId: executor.id, fence: run.fence + 1, updatedAt: NOW + 7 },
      });
    });

    it("keeps a run for the executor that lives, itself included", async () => {
      const run = await seedRun(store());
      const owner = anExecutor();
      await store().registerExecutor(owner);
      await claim(run.id, owner.id);
      const owned = { claimed: false, reason: "owned", executorId: owner.id };
      expect(await claim(run.id, uuidv7())).toEqual(owned);
      expect(await claim(run.id, owner.id)).toEqual(owned);
      expect(await claim(run.id, uuidv7(), { now: owner.expiresAt - 1 })).toEqual(owned);
    });

    it("gives it away when the owner is late, ended or unknown", async () => {
      const [late, ended] = [anExecutor(), anExecutor()];
      for (const executor of [late, ended]) await store().registerExecutor(executor);
      const runs = {
        late: await seedRun(store()),
        ended: await seedRun(store()),
        unknown: await seedRun(store()),
      };
      await claim(runs.late.id, late.id);
      await claim(runs.ended.id, ended.id);
      await claim(runs.unknown.id, uuidv7());
      await store().endExecutor(ended.id, NOW + 1);
      expect(await claim(runs.late.id, uuidv7(), { now: late.expiresAt })).toMatchObject({
        claimed: true,
        run: { fence: 2 },
      });
      expect(await claim(runs.ended.id, uuidv7())).toMatchObject({ claimed: true, run: { fence: 2 } });
      expect(await claim(runs.unknown.id, uuidv7())).toMatchObject({ claimed: true, run: { fence: 2 } });
    });

    it("takes it by force, and the one before can write no more", async () => {
      const run = await seedRun(store());
      const owner = anExecutor();
      await store().registerExecutor(owner);
      const before = await claim(run.id, owner.id);
      const after = await claim(run.id, uuidv7(), { force: true });
      if (!before.claimed || !after.claimed) throw new Error("both claims were expected to succeed");
      expect(after.run.fence).toBe(before.run.fence + 1);
      const mine = anEntry(run.id, 1);
      expect(await store().commit([batch(before.run, entryOp(anEntry(run.id, 0)))])).toMatchObject([
        { reason: "fence" },
      ]);
      expect(await store().commit([batch(after.run, entryOp(mine))])).toEqual([]);
      expect(await allEntries(store(), run.id)).toEqual([mine]);
    });

    it("gives a run to one of those who ask at once", async () => {
      const run = await seedRun(store());
      const executors = times(20, () => anExecutor());
      await Promise.all(executors.map((executor) => store().registerExecutor(executor)));
      const answers = await Promise.all(executors.map((executor) => claim(run.id, executor.id)));
      expect(answers.filter((answer) => answer.claimed)).toHaveLength(1);
    });

    it("gives each run to one process", { timeout: 60_000 }, async () => {
      const flow = await seedFlow(store());
      const runs = times(60, () => aRun(flow));
      for (const run of runs) await store().findOrCreateRun(run);
      const ids = runs.map(({ run }) => run.id).join(",");
      const children = times(3, () => new Child(USER, [...opened().childArguments, "claim", ids]));
      const claimed = await Promise.all(
        children.map(async (child) => JSON.parse(await child.done()) as string[]),
      );
      expect(claimed.flat().sort()).toEqual(runs.map(({ run }) => run.id).sort());
    });
  });
}
