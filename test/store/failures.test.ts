import { chmodSync, copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FlowRun, JournalEntry } from "../../src/core/run.ts";
import { JournalWriter } from "../../src/store/journal-writer.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { Patience } from "../../src/store/sqlite/patience.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { asNobody } from "../support/as-nobody.ts";
import { Child } from "../support/child.ts";
import { newFolder } from "../support/folder.ts";
import { allEntries, anEntry, anExecutor, batch, entryOp, NOW, seedRun } from "./conformance/backend.ts";

const USER = join(import.meta.dirname, "fixtures", "store-user.ts");

let path: string;
let store: SqliteStore;
let run: FlowRun;
let kept: JournalEntry[];

/** A store with a run and entries that were acknowledged before anything goes wrong. */
beforeEach(async () => {
  path = join(newFolder("failures-"), "segno.db");
  store = await SqliteStore.open({ path, busyTimeout: 200 });
  run = await seedRun(store);
  kept = Array.from({ length: 500 }, (_, seq) =>
    anEntry(run.id, seq, { stateMessage: `message ${seq}`.repeat(5) }),
  );
  expect(await store.commit([batch(run, ...kept.map(entryOp))])).toEqual([]);
});

afterEach(() => store.close());

const oneMore = () => batch(run, entryOp(anEntry(run.id, 1000)));

async function locker(...args: string[]): Promise<Child> {
  const child = new Child(USER, ["sqlite", path, "lock", ...args]);
  await child.printed("locked");
  return child;
}

async function allIsThere(...more: readonly JournalEntry[]): Promise<void> {
  const again = await SqliteStore.open({ path });
  expect(await allEntries(again, run.id)).toEqual([...kept, ...more]);
  await again.close();
}

describe("a store that another process keeps locked", () => {
  const LOCKED = { name: "StoreError", code: "SEGNO_STORE_LOCKED", facts: { location: "" } };

  it("is told so once the wait is used up, and loses nothing", async () => {
    const holder = await locker();
    const locked = {
      ...LOCKED,
      facts: { location: path },
      help: expect.stringContaining("SEGNO_STORE_BUSY_TIMEOUT") as string,
    };
    await expect(store.commit([oneMore()])).rejects.toMatchObject(locked);
    expect(() => store.commitSync([oneMore()])).toThrow(expect.objectContaining(locked) as Error);
    await expect(store.registerExecutor(anExecutor())).rejects.toMatchObject(locked);
    await expect(store.limits.upsert({ id: "l", name: "l", limit: 1, now: NOW })).rejects.toMatchObject(
      locked,
    );
    await expect(store.cache.delete("k")).rejects.toMatchObject(locked);
    await expect(SqliteStore.open({ path: await copyWithLock(), busyTimeout: 100 })).rejects.toMatchObject({
      code: "SEGNO_STORE_LOCKED",
    });
    // Reading needs no lock.
    expect(await allEntries(store, run.id)).toEqual(kept);
    await holder.kill();
    expect(await store.commit([oneMore()])).toEqual([]);
    expect(await allEntries(store, run.id)).toHaveLength(kept.length + 1);
  });

  /** A fresh file that cannot be migrated, because this process keeps it locked over another connection. */
  async function copyWithLock(): Promise<string> {
    const fresh = join(newFolder("failures-"), "fresh.db");
    const db = await openDatabase({ path: fresh, durability: "full", busyTimeout: 0 });
    db.exec("begin immediate");
    return fresh;
  }

  it("is waited for while the rest of the process goes on", async () => {
    const patient = await SqliteStore.open({ path, busyTimeout: 60_000 });
    const holder = await locker();
    const settled: string[] = [];
    const writes = [
      patient.commit([oneMore()]),
      patient.registerExecutor(anExecutor()),
      patient.limits.upsert({ id: "l", name: "l", limit: 1, now: NOW }),
      patient.cache.lock({ key: "k", holder: "h", executorId: null, now: NOW, expiresAt: NOW + 1 }),
    ].map((write, index) => write.then(() => settled.push(String(index))));
    // A blocked thread would not get here before the lock goes.
    for (let turn = 0; turn < 20; turn++) await delay(5);
    expect(settled).toEqual([]);
    await holder.kill();
    await Promise.all(writes);
    expect(settled.toSorted()).toEqual(["0", "1", "2", "3"]);
    await patient.close();
  });

  it("does not lose what a loop without pause queues meanwhile", async () => {
    const patient = await SqliteStore.open({ path, busyTimeout: 60_000 });
    const channel = new JournalWriter(patient, { highWater: 10 }).channel(null, 0);
    const holder = await locker("300");
    for (let index = 0; index < 35; index++) {
      const line = {
        id: uuidv7(),
        at: NOW,
        level: 20,
        logger: "l",
        message: `line ${index}`,
        flowRunId: run.id,
        taskRunId: null,
      };
      channel.post({ op: "log", line });
    }
    await channel.flush();
    expect(channel.failure).toBeNull();
    const { logs } = await patient.repositories();
    const { rows } = await logs.list({ flowRunId: run.id }, { limit: 100 });
    expect(rows.map((line) => line.message)).toEqual(
      Array.from({ length: 35 }, (_, index) => `line ${index}`),
    );
    await patient.close();
    await holder.ended;
  });
});

describe("a disk without room", () => {
  it("is told, and everything that was acknowledged is there", { timeout: 60_000 }, async () => {
    await store.close();
    // The way to run out of room without a disk of one's own: no file may pass 4 MB.
    const child = new Child(USER, ["sqlite", path, "fill", run.id], {}, { fileBlocks: 8192 });
    const output = await child.done();
    const last = output.trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toEqual({
      name: "StoreError",
      code: "SEGNO_STORE_FULL",
      help: expect.stringContaining("Free some space") as string,
      refusedAfter: true,
    });
    const told = output.match(/^kept \d+$/gm)?.length ?? 0;
    expect(told).toBeGreaterThan(0);

    const again = await SqliteStore.open({ path });
    const entries = await allEntries(again, run.id);
    expect(entries.slice(0, kept.length)).toEqual(kept);
    expect(entries.slice(kept.length).map((entry) => entry.seq)).toEqual(
      Array.from({ length: told }, (_, index) => 10_000 + index),
    );
    expect(await again.commit([oneMore()])).toEqual([]);
    await again.close();
  });

  it("lets writing go on once there is room again", async () => {
    const db = await openDatabase({ path, durability: "full", busyTimeout: 1000 });
    const patience = new Patience(db, { location: path, budget: 1000 });
    const { pages } = db.prepare("select page_count as pages from pragma_page_count").get() as {
      pages: number;
    };
    db.exec(`pragma max_page_count = ${pages + 2}; create table big (x)`);
    const insert = db.prepare("insert into big values (?)");
    const write = () => patience.write(() => insert.run("x".repeat(100_000)));
    await expect(write()).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_STORE_FULL",
      facts: { location: path },
    });
    expect(db.isTransaction).toBe(false);
    db.exec("pragma max_page_count = 100000");
    await write();
    expect(db.prepare("select count(*) as n from big").get()).toEqual({ n: 1 });
    db.close();
    await allIsThere();
  });
});

describe("a damaged file", () => {
  async function pageOf(table: string): Promise<{ offset: number; size: number }> {
    const db = await openDatabase({ path, durability: "full", busyTimeout: 1000 });
    const { rootpage } = db.prepare("select rootpage from sqlite_schema where name = ?").get(table) as {
      rootpage: number;
    };
    const { size } = db.prepare("select page_size as size from pragma_page_size").get() as { size: number };
    db.close();
    return { offset: (rootpage - 1) * size, size };
  }

  function overwrite(offset: number, length: number): void {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, offset, Math.min(bytes.length, offset + length));
    writeFileSync(path, bytes);
  }

  const CORRUPT = { name: "StoreError", code: "SEGNO_STORE_CORRUPT" };

  it("in one table is told by whoever meets it; the rest is still there", async () => {
    const { offset, size } = await pageOf("task_run");
    await store.close();
    overwrite(offset, size);
    const harmed = await SqliteStore.open({ path });
    const told = {
      ...CORRUPT,
      facts: { location: path },
      help: expect.stringContaining(".recover") as string,
    };
    await expect(allEntries(harmed, run.id)).rejects.toMatchObject(told);
    await expect(harmed.commit([oneMore()])).rejects.toMatchObject(told);
    const { flowRuns, taskRuns } = await harmed.repositories();
    await expect(taskRuns.get(kept[0]?.id ?? "")).rejects.toMatchObject(told);
    expect(await flowRuns.get(run.id)).toEqual(run);
    await harmed.close();
  });

  it("in its limits is told by limits", async () => {
    await store.limits.upsert({ id: "l", name: "l", limit: 1, now: NOW });
    const { offset, size } = await pageOf("concurrency_limit");
    await store.close();
    overwrite(offset, size);
    const harmed = await SqliteStore.open({ path });
    await expect(harmed.limits.list()).rejects.toMatchObject(CORRUPT);
    await expect(harmed.limits.upsert({ id: "m", name: "m", limit: 1, now: NOW })).rejects.toMatchObject(
      CORRUPT,
    );
    await harmed.close();
    await allIsThere();
  });

  it.each([
    ["in its first bytes", () => overwrite(0, 100)],
    ["behind its first page", () => overwrite(4096, 1e9)],
    ["to nothing but text", () => writeFileSync(path, "these are my notes and no database")],
    ["by a cut", () => truncateSync(path, 4096)],
  ])("%s is not opened, and not changed either", async (_, harm) => {
    await store.close();
    harm();
    const before = readFileSync(path);
    await expect(SqliteStore.open({ path })).rejects.toMatchObject({ ...CORRUPT, facts: { location: path } });
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe("a place that cannot be used", () => {
  it.each([
    ["a folder where the file should be", () => dirname(path), "SEGNO_STORE_CANNOT_OPEN"],
    ["a file where the folder should be", () => join(path, "segno.db"), "SEGNO_STORE_CANNOT_OPEN"],
    [
      "a file where a folder above should be",
      () => join(path, "deep", "segno.db"),
      "SEGNO_STORE_CANNOT_OPEN",
    ],
  ])("%s", async (_, place, code) => {
    await expect(SqliteStore.open({ path: place() })).rejects.toMatchObject({
      name: "StoreError",
      code,
      facts: { location: place() },
    });
  });

  /** A store that was written by this user and may only be read by others. */
  async function readOnly(): Promise<string> {
    await store.close();
    const folder = newFolder("failures-");
    const copy = join(folder, "segno.db");
    copyFileSync(path, copy);
    chmodSync(copy, 0o444);
    chmodSync(folder, 0o555);
    // The test's own folders are for their owner only.
    chmodSync(dirname(folder), 0o755);
    return copy;
  }

  it("a new file in a folder that may not be written", async () => {
    const folder = newFolder("failures-");
    chmodSync(folder, 0o555);
    chmodSync(dirname(folder), 0o755);
    const codes = /SEGNO_STORE_(READONLY|CANNOT_OPEN)/;
    for (const place of [join(folder, "segno.db"), join(folder, "new", "segno.db")]) {
      const refused = asNobody(() => SqliteStore.open({ path: place }));
      await expect(refused).rejects.toMatchObject({
        name: "StoreError",
        code: expect.stringMatching(codes) as string,
      });
    }
  });

  it("a store that may only be read is refused or read, and keeps everything", async () => {
    const copy = await readOnly();
    const before = readFileSync(copy);
    const write = asNobody(async () => {
      const readable = await SqliteStore.open({ path: copy });
      try {
        await readable.commit([oneMore()]);
      } finally {
        await readable.close();
      }
    });
    await expect(write).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_STORE_READONLY",
      help: expect.stringContaining("write permission") as string,
    });
    expect(readFileSync(copy).equals(before)).toBe(true);
    path = copy;
    chmodSync(copy, 0o644);
    chmodSync(dirname(copy), 0o755);
    await allIsThere();
  });
});

it("a copy of the file alone, after the store was closed, is whole", async () => {
  await store.close();
  const copy = join(newFolder("failures-"), "copy.db");
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(path, copy);
  path = copy;
  await allIsThere();
});
