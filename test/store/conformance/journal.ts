import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../src/core/run.ts";
import type { Store } from "../../../src/store/store.ts";
import { allEntries, anEntry, aRun, aState, batch, entryOp, NOW, seedFlow, seedRun } from "./backend.ts";

const REF = { key: "ab".repeat(32), size: 70_000, serializer: "json", storage: "local" };

/** Every column has a value, so that a column that is not written is seen. */
function fullEntry(runId: string | null, init: Partial<JournalEntry> = {}): JournalEntry {
  return anEntry(runId, 3, {
    kind: "flow",
    name: "embed «ß» 😀",
    taskKey: "embed",
    dynamicKey: "k-7",
    scope: "parent-entry",
    done: 5,
    flowRunCount: 2,
    runCount: 4,
    stateType: "FAILED",
    stateName: "TimedOut",
    stateAt: NOW + 1,
    stateMessage: 'took "too" long\nreally',
    states: [
      ["PENDING", "Pending", NOW],
      ["FAILED", "TimedOut", NOW + 1, "took long"],
    ],
    result: { kind: "inline", text: '{"a":[1,"ü"]}' },
    error: '{"name":"Error"}',
    cacheKey: "c-1",
    cacheExpiration: NOW + 2,
    tags: ["gpu", "a,b"],
    inputs: { "0": [uuidv7()], "1": [] },
    heartbeat: '{"done":50}',
    startAt: NOW + 3,
    endAt: NOW + 4,
    expectedStartAt: NOW + 5,
    totalRunTime: 123_456_789_012,
    childFlowRunId: uuidv7(),
    ...init,
  });
}

/** Commits, and reading back what was committed. */
export function journalConformance(store: () => Store): void {
  describe("commit", () => {
    it("keeps an entry whole, in all its columns", async () => {
      const run = await seedRun(store());
      const inline = fullEntry(run.id);
      const byRef = fullEntry(run.id, { seq: 4, dynamicKey: "k-8", result: { kind: "ref", ref: REF } });
      const bare = anEntry(run.id, 0);
      const alone = fullEntry(null, { scope: "" });
      const refused = await store().commit([
        batch(run, entryOp(inline), entryOp(byRef), entryOp(bare)),
        batch(null, entryOp(alone)),
      ]);
      expect(refused).toEqual([]);
      expect(await allEntries(store(), run.id, "parent-entry")).toEqual([inline, byRef]);
      expect(await allEntries(store(), run.id)).toEqual([bare]);
      expect(await (await store().repositories()).taskRuns.get(alone.id)).toEqual(alone);
    });

    it("writes an entry again over itself", async () => {
      const run = await seedRun(store());
      const started = anEntry(run.id, 0, {
        done: null,
        stateType: "RUNNING",
        stateName: "Running",
        startAt: NOW,
      });
      await store().commit([batch(run, entryOp(started))]);
      const ended = fullEntry(run.id, {
        id: started.id,
        kind: started.kind,
        taskKey: started.taskKey,
        dynamicKey: started.dynamicKey,
        scope: started.scope,
        seq: started.seq,
        tags: started.tags,
      });
      await store().commit([batch(run, entryOp(ended))]);
      expect(await allEntries(store(), run.id)).toEqual([ended]);
      // And back: what became null is null again.
      await store().commit([batch(run, entryOp(started))]);
      expect(await allEntries(store(), run.id)).toEqual([started]);
    });

    it("applies the ops of a batch in their order", async () => {
      const run = await seedRun(store());
      const first = anEntry(run.id, 0, { stateMessage: "first" });
      const last = { ...first, stateMessage: "last" };
      const states = [aState("PAUSED", NOW + 1), aState("RUNNING", NOW + 2), aState("COMPLETED", NOW + 3)];
      await store().commit([
        batch(
          run,
          entryOp(first),
          ...states.map((state) => ({ op: "run-state" as const, runId: run.id, change: { state } })),
          entryOp(last),
        ),
      ]);
      expect((await allEntries(store(), run.id))[0]?.stateMessage).toBe("last");
      const { flowRuns } = await store().repositories();
      expect((await flowRuns.get(run.id))?.state).toEqual(states.at(-1));
      expect(await flowRuns.states(run.id)).toEqual([run.state, ...states]);
    });

    it("creates a run with its history and writes into it at once", async () => {
      const flow = await seedFlow(store());
      const scheduled = aState("SCHEDULED", NOW - 5, "soon");
      const created = aRun(flow, {
        name: "brave-finch",
        parameters: { kind: "ref", ref: REF },
        tags: ["x"],
        labels: { a: 1 },
        flowVersion: "v1",
        retries: 3,
        idempotencyKey: "order-7",
        parentTaskRunId: uuidv7(),
        parentFlowRunId: uuidv7(),
        expectedStartAt: NOW,
        fence: 1,
        executorId: uuidv7(),
        entrypoint: "flows.ts:ingest",
      });
      const history = [scheduled, created.run.state];
      const entry = anEntry(created.run.id, 0);
      const refused = await store().commit([
        batch(created.run, { op: "create-run", run: { run: created.run, history } }, entryOp(entry)),
      ]);
      expect(refused).toEqual([]);
      const { flowRuns } = await store().repositories();
      expect(await flowRuns.get(created.run.id)).toEqual(created.run);
      expect(await flowRuns.states(created.run.id)).toEqual(history);
      expect(await allEntries(store(), created.run.id)).toEqual([entry]);
    });

    it("changes of a run what a transition names, and nothing else", async () => {
      const executorId = uuidv7();
      const run = await seedRun(store(), {
        startAt: 1,
        endAt: 2,
        expectedStartAt: 3,
        result: { kind: "inline", text: "1" },
        error: "{}",
        executorId,
      });
      const { flowRuns } = await store().repositories();
      const change = async (more: object) => {
        const state = { ...aState("RUNNING", NOW + 9), details: { pauseKey: "p" }, data: { ref: 1 } };
        await store().commit([batch(run, { op: "run-state", runId: run.id, change: { state, ...more } })]);
        const now = await flowRuns.get(run.id);
        expect(now?.state).toEqual(state);
        return now;
      };
      expect(await change({})).toMatchObject({
        startAt: 1,
        endAt: 2,
        expectedStartAt: 3,
        result: { text: "1" },
        error: "{}",
        executorId,
        runCount: run.runCount,
        totalRunTime: 0,
        fence: run.fence,
      });
      expect(await change({ result: { kind: "ref", ref: REF } })).toMatchObject({
        result: { kind: "ref", ref: REF },
        error: "{}",
      });
      expect(await change({ endAt: null, expectedStartAt: null, result: null, error: null })).toMatchObject({
        startAt: 1,
        endAt: null,
        expectedStartAt: null,
        result: null,
        error: null,
      });
      expect(
        await change({
          runCount: 7,
          startAt: 11,
          endAt: 12,
          expectedStartAt: 13,
          totalRunTime: 14,
          error: "e",
        }),
      ).toMatchObject({
        runCount: 7,
        startAt: 11,
        endAt: 12,
        expectedStartAt: 13,
        totalRunTime: 14,
        error: "e",
        executorId,
      });
      expect(await change({ release: true })).toMatchObject({ executorId: null, fence: run.fence });
    });

    it("keeps artifacts, events, logs and cache rows", async () => {
      const run = await seedRun(store());
      const artifact = {
        id: uuidv7(),
        key: "report",
        type: "table" as const,
        description: "d",
        data: [{ a: 1 }],
        flowRunId: run.id,
        taskRunId: uuidv7(),
        createdAt: NOW,
        updatedAt: NOW,
      };
      const bare = {
        ...artifact,
        id: uuidv7(),
        key: null,
        type: "markdown" as const,
        description: null,
        data: "# hi",
        taskRunId: null,
      };
      const event = {
        id: uuidv7(),
        occurred: NOW,
        event: "doc.indexed",
        resource: { "prefect.resource.id": "doc.1", a: "b" },
        related: [{ "prefect.resource.id": "x" }],
        payload: { n: 1 },
        follows: uuidv7(),
      };
      const line = {
        id: uuidv7(),
        at: NOW,
        level: 30,
        logger: "segno.flow_runs",
        message: "50 % «done»\n",
        flowRunId: run.id,
        taskRunId: uuidv7(),
      };
      const row = {
        key: "c",
        result: { kind: "ref" as const, ref: REF },
        taskRunId: uuidv7(),
        expiresAt: NOW + 1,
        createdAt: NOW,
      };
      await store().commit([
        batch(
          run,
          { op: "artifact", artifact },
          { op: "artifact", artifact: bare },
          { op: "event", event },
          { op: "log", line },
          { op: "cache", row },
        ),
      ]);
      const repositories = await store().repositories();
      expect(await repositories.artifacts.get(artifact.id)).toEqual(artifact);
      expect(await repositories.artifacts.get(bare.id)).toEqual(bare);
      expect((await repositories.events.list({ event: "doc.indexed" }, { limit: 10 })).rows).toEqual([event]);
      expect((await repositories.logs.list({ flowRunId: run.id }, { limit: 10 })).rows).toEqual([line]);
      expect(await store().cache.get("c", NOW)).toEqual(row);

      const changed = { ...artifact, data: 0.5, description: "half", updatedAt: NOW + 1 };
      const again = { ...row, result: { kind: "inline" as const, text: "2" }, expiresAt: null };
      await store().commit([batch(run, { op: "artifact", artifact: changed }, { op: "cache", row: again })]);
      expect(await repositories.artifacts.get(artifact.id)).toEqual(changed);
      expect(await store().cache.get("c", NOW)).toEqual(again);
    });

    it("keeps a megabyte in one row", async () => {
      const run = await seedRun(store());
      const text = JSON.stringify("é".repeat(500_000));
      await store().commit([batch(run, entryOp(anEntry(run.id, 0, { result: { kind: "inline", text } })))]);
      expect((await allEntries(store(), run.id))[0]?.result).toEqual({ kind: "inline", text });
    });

    it("of nothing is nothing", async () => {
      expect(await store().commit([])).toEqual([]);
    });
  });

  describe("a refused batch", () => {
    it("bears an old fence: none of it is kept, all of the others' is", async () => {
      const [old, gone, kept] = [await seedRun(store()), await seedRun(store()), await seedRun(store())];
      const claimed = await store().claimRun({ runId: old.id, executorId: uuidv7(), now: NOW });
      expect(claimed).toMatchObject({ claimed: true, run: { fence: old.fence + 1 } });
      const { flowRuns } = await store().repositories();
      await flowRuns.delete(gone.id);
      const mine = anEntry(kept.id, 0);
      const alone = anEntry(null, 0);
      const line = {
        id: uuidv7(),
        at: NOW,
        level: 20,
        logger: "l",
        message: "m",
        flowRunId: old.id,
        taskRunId: null,
      };

      const refused = await store().commit([
        batch(old, { op: "log", line }, entryOp(anEntry(old.id, 0)), {
          op: "run-state",
          runId: old.id,
          change: { state: aState("FAILED") },
        }),
        batch(kept, entryOp(mine)),
        batch(gone, entryOp(anEntry(gone.id, 0))),
        batch(null, entryOp(alone)),
      ]);
      expect(refused).toEqual([
        expect.objectContaining({ reason: "fence", fence: old.fence + 1 }),
        expect.objectContaining({ reason: "fence", fence: null }),
      ]);
      const repositories = await store().repositories();
      expect(await allEntries(store(), old.id)).toEqual([]);
      expect((await flowRuns.get(old.id))?.state).toEqual(old.state);
      expect((await repositories.logs.list({ flowRunId: old.id }, { limit: 10 })).rows).toEqual([]);
      expect(await allEntries(store(), kept.id)).toEqual([mine]);
      expect(await allEntries(store(), gone.id)).toEqual([]);
      expect(await repositories.taskRuns.get(alone.id)).toEqual(alone);
    });

    it("bears a fence of the future", async () => {
      const run = await seedRun(store());
      const refused = await store().commit([
        batch({ id: run.id, fence: run.fence + 1 }, entryOp(anEntry(run.id, 0))),
      ]);
      expect(refused).toMatchObject([{ batch: { runId: run.id }, reason: "fence", fence: run.fence }]);
    });

    it("breaks a rule of the tables: none of it is kept, all of the others' is", async () => {
      const [wrong, kept] = [await seedRun(store()), await seedRun(store())];
      const first = anEntry(wrong.id, 0);
      await store().commit([batch(wrong, entryOp(first))]);
      const mine = anEntry(kept.id, 0);
      const refused = await store().commit([
        batch(wrong, entryOp(anEntry(wrong.id, 1)), entryOp(anEntry(wrong.id, 0, { dynamicKey: "other" }))),
        batch(kept, entryOp(mine)),
      ]);
      expect(refused).toMatchObject([
        { batch: { runId: wrong.id }, reason: "error", error: expect.any(Error) as Error },
      ]);
      expect(await allEntries(store(), wrong.id)).toEqual([first]);
      expect(await allEntries(store(), kept.id)).toEqual([mine]);
    });

    it("holds what no column can: the others' is kept", async () => {
      const [wrong, kept] = [await seedRun(store()), await seedRun(store())];
      const unbindable = anEntry(wrong.id, 0, { startAt: (() => 1) as unknown as number });
      const mine = anEntry(kept.id, 0);
      const refused = await store().commit([batch(wrong, entryOp(unbindable)), batch(kept, entryOp(mine))]);
      expect(refused).toMatchObject([{ batch: { runId: wrong.id }, reason: "error" }]);
      expect(await allEntries(store(), kept.id)).toEqual([mine]);
    });

    it("creates a run that is there already", async () => {
      const run = await seedRun(store());
      const refused = await store().commit([
        batch(run, { op: "create-run", run: { run, history: [run.state] } }),
      ]);
      expect(refused).toMatchObject([{ batch: { runId: run.id }, reason: "error" }]);
    });

    it("does not speak for another batch of its run", async () => {
      const run = await seedRun(store());
      const claim = await store().claimRun({ runId: run.id, executorId: uuidv7(), now: NOW });
      if (!claim.claimed) throw new Error("nobody owned it");
      const mine = anEntry(run.id, 0);
      const stale = batch(run, entryOp(anEntry(run.id, 1)));
      const refused = await store().commit([stale, batch(claim.run, entryOp(mine))]);
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatchObject({ batch: stale });
      expect(await allEntries(store(), run.id)).toEqual([mine]);
    });
  });

  describe("the journal", () => {
    it("of 10 000 entries is read page by page, each entry once, in call order", async () => {
      const run = await seedRun(store());
      const entries = Array.from({ length: 10_000 }, (_, seq) => anEntry(run.id, seq));
      // Written in another order than called, as parallel calls end.
      const shuffled = entries.toSorted((one, other) => (one.seq % 97) - (other.seq % 97));
      for (let from = 0; from < shuffled.length; from += 2500) {
        await store().commit([batch(run, ...shuffled.slice(from, from + 2500).map(entryOp))]);
      }
      await store().commit([
        batch(run, entryOp(anEntry(run.id, 0, { scope: "inner", dynamicKey: "inner" }))),
      ]);
      const read = await allEntries(store(), run.id, "", 999);
      expect(read.map((entry) => entry.seq)).toEqual(entries.map((entry) => entry.seq));
      expect(read).toEqual(entries);
      expect(await allEntries(store(), run.id, "inner")).toHaveLength(1);
    }, 60_000);

    it("tells where it ends", async () => {
      const run = await seedRun(store());
      expect(await store().journalHead(run.id, 1)).toEqual({ nextSeq: 0, nextDone: 0, attemptDone: 0 });
      await store().commit([
        batch(
          run,
          entryOp(anEntry(run.id, 0, { done: 4 })),
          entryOp(anEntry(run.id, 6, { done: null })),
          entryOp(anEntry(run.id, 9, { done: 9, scope: "inner", dynamicKey: "i" })),
          entryOp(anEntry(run.id, 2, { done: 1, flowRunCount: 2 })),
        ),
      ]);
      expect(await store().journalHead(run.id, 1)).toEqual({ nextSeq: 7, nextDone: 5, attemptDone: 5 });
      expect(await store().journalHead(run.id, 2)).toEqual({ nextSeq: 7, nextDone: 5, attemptDone: 2 });
      expect(await store().journalHead(run.id, 3)).toEqual({ nextSeq: 7, nextDone: 5, attemptDone: 0 });
    });
  });
}
