import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FlowRun, JournalEntry } from "../../src/core/run.ts";
import { JournalWriter } from "../../src/store/journal-writer.ts";
import { newEntry } from "../../src/store/repositories/fixtures/world.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { JournalBatch, Store } from "../../src/store/store.ts";
import { join } from "node:path";
import { newFolder } from "../support/folder.ts";
import { allEntries, seedRun } from "./conformance/backend.ts";

let store: SqliteStore;
let run: FlowRun;
/** The rows of each commit, as the store got them. */
let commits: JournalBatch[][];

beforeEach(async () => {
  store = await SqliteStore.open({ path: join(newFolder("writer-"), "segno.db") });
  run = await seedRun(store);
  commits = [];
});

afterEach(() => store.close());

/** The store itself, watched. */
function watched(): Store {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (key === "commit" || key === "commitSync") commits.push([...(args[0] as JournalBatch[])]);
        return (value as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

const entry = (seq: number): JournalEntry => newEntry(run.id, seq);
const rowsOf = (commit: JournalBatch[] | undefined) => (commit ?? []).flatMap((batch) => batch.ops).length;

describe("the journal writer", () => {
  it("writes what queued together in one commit", async () => {
    const channel = new JournalWriter(watched()).channel(run.id, run.fence);
    await Promise.all(
      Array.from({ length: 500 }, (_, seq) => channel.write({ op: "entry", entry: entry(seq) })),
    );
    expect(commits.map(rowsOf)).toEqual([500]);
    expect(await allEntries(store, run.id)).toHaveLength(500);
  });

  it("shares a commit between runs", async () => {
    const other = await seedRun(store);
    const writer = new JournalWriter(watched());
    const mine = writer.channel(run.id, run.fence);
    const theirs = writer.channel(other.id, other.fence);
    const their = newEntry(other.id, 0);
    await Promise.all([
      mine.write({ op: "entry", entry: entry(0) }),
      theirs.write({ op: "entry", entry: their }),
    ]);
    expect(commits).toHaveLength(1);
    expect(commits[0]).toHaveLength(2);
  });

  it("writes a start and an end that come together as one row, as it ended", async () => {
    const channel = new JournalWriter(watched()).channel(run.id, run.fence);
    const quick = entry(0);
    quick.stateName = "Running";
    channel.post({ op: "entry", entry: quick });
    quick.stateName = "Completed";
    await channel.write({ op: "entry", entry: quick });
    expect(commits.map(rowsOf)).toEqual([1]);
    expect((await allEntries(store, run.id))[0]?.stateName).toBe("Completed");
  });

  it("writes what nobody waits for, before long", async () => {
    const writer = new JournalWriter(watched());
    writer.channel(run.id, run.fence).post({ op: "entry", entry: entry(0) });
    expect(commits).toEqual([]);
    await expect.poll(async () => (await allEntries(store, run.id)).length).toBe(1);
  });

  it("keeps the order of a channel over commits", async () => {
    const writer = new JournalWriter(watched());
    const channel = writer.channel(run.id, run.fence);
    const order: number[] = [];
    const write = (seq: number) =>
      channel.append({ op: "entry", entry: entry(seq) }, () => {
        order.push(seq);
        if (seq < 4) write(seq + 2);
      });
    write(0);
    write(1);
    await expect.poll(() => order.length).toBe(6);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("refuses everything after a fence moved on, and says why", async () => {
    const channel = new JournalWriter(store).channel(run.id, run.fence);
    await channel.write({ op: "entry", entry: entry(0) });
    await store.claimRun({ runId: run.id, executorId: "another", force: true, now: Date.now() * 1000 });
    const refused = { code: "SEGNO_LEASE_LOST", facts: { flowRunId: run.id } };
    await expect(channel.write({ op: "entry", entry: entry(1) })).rejects.toMatchObject(refused);
    await expect(channel.write({ op: "entry", entry: entry(2) })).rejects.toMatchObject(refused);
    await expect(channel.flush()).rejects.toMatchObject(refused);
    expect(await allEntries(store, run.id)).toHaveLength(1);
  });

  it("says that a run is lost also when nobody waited for what was refused", async () => {
    const channel = new JournalWriter(store).channel(run.id, run.fence);
    const told: string[] = [];
    channel.onFailure = (error) => told.push((error as Error & { code: string }).code);
    await store.claimRun({ runId: run.id, executorId: "another", force: true, now: Date.now() * 1000 });
    channel.post({ op: "entry", entry: entry(0) });
    await expect.poll(() => told).toEqual(["SEGNO_LEASE_LOST"]);
  });

  it("commits under a producer that never yields, instead of growing", async () => {
    const writer = new JournalWriter(watched(), { highWater: 100 });
    const channel = writer.channel(run.id, run.fence);
    for (let seq = 0; seq < 1000; seq++) channel.post({ op: "entry", entry: entry(seq) });
    expect(commits.map(rowsOf)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(writer.ready()).toBeNull();
    expect(await allEntries(store, run.id)).toHaveLength(1000);
  });

  it("makes work wait while the queue is full", async () => {
    const writer = new JournalWriter(store, { highWater: 10 });
    const channel = writer.channel(run.id, run.fence);
    const writes = Array.from({ length: 20 }, (_, seq) => channel.write({ op: "entry", entry: entry(seq) }));
    const room = writer.ready();
    expect(room).not.toBeNull();
    await room;
    expect(writer.ready()).toBeNull();
    await Promise.all(writes);
  });

  it("drains", async () => {
    const writer = new JournalWriter(store);
    const channel = writer.channel(run.id, run.fence);
    for (let seq = 0; seq < 5; seq++) channel.post({ op: "entry", entry: entry(seq) });
    await writer.drain();
    expect(await allEntries(store, run.id)).toHaveLength(5);
  });

  it("tells who waits in a turn of their own, also when it commits under a producer", async () => {
    const writer = new JournalWriter(watched(), { highWater: 10 });
    const channel = writer.channel(run.id, run.fence);
    let told = false;
    channel.append({ op: "entry", entry: entry(0) }, () => (told = true));
    for (let seq = 1; seq < 20; seq++) channel.post({ op: "entry", entry: entry(seq) });
    expect(commits).not.toEqual([]);
    expect(told).toBe(false);
    await expect.poll(() => told).toBe(true);
  });

  it("writes entries as they stood when they were taken, however long the file is locked", async () => {
    const channel = new JournalWriter(store).channel(run.id, run.fence);
    const lock = await openDatabase({ path: store.location, durability: "normal", busyTimeout: 0 });
    lock.exec("begin immediate");
    const first = entry(0);
    const second = entry(1);
    const written = channel.write({ op: "entry", entry: first });
    channel.post({ op: "entry", entry: second });
    await setTimeout(30);
    // The second ends while its start waits for the lock; the end is another commit, with what belongs to it.
    second.stateName = "Failed";
    second.done = 7;
    lock.exec("commit");
    await written;
    lock.close();
    expect(await allEntries(store, run.id)).toMatchObject([{ seq: 0 }, { stateName: "Completed", done: 1 }]);
  });

  it("tells of a refusal also when the file was locked", async () => {
    const channel = new JournalWriter(store).channel(run.id, run.fence + 1);
    const lock = await openDatabase({ path: store.location, durability: "normal", busyTimeout: 0 });
    lock.exec("begin immediate");
    const written = channel.write({ op: "entry", entry: entry(0) });
    await Promise.all([
      expect(written).rejects.toMatchObject({ code: "SEGNO_LEASE_LOST" }),
      setTimeout(20).then(() => {
        lock.exec("commit");
        lock.close();
      }),
    ]);
    expect(await allEntries(store, run.id)).toEqual([]);
  });
});
