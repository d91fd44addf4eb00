import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LATEST_VERSION, MIGRATIONS } from "../../src/store/migrations/index.ts";
import { type Database, openDatabase } from "../../src/store/sqlite/driver.ts";
import { migrate, schemaVersion } from "../../src/store/sqlite/migrate.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { Child } from "../support/child.ts";
import { newFolder } from "../support/folder.ts";
import { allEntries, anEntry, anExecutor, batch, entryOp, NOW, seedRun } from "./conformance/backend.ts";

const USER = join(import.meta.dirname, "fixtures", "store-user.ts");
const VERSIONS = MIGRATIONS.map((migration) => migration.version);

let path: string;
let db: Database;

beforeEach(async () => {
  path = join(newFolder("migrations-"), "segno.db");
  db = await openDatabase({ path, durability: "full", busyTimeout: 5000 });
});

afterEach(() => db.close());

/** Every table and index as SQL, spaces aside. */
function schema(): readonly string[] {
  const rows = db
    .prepare("select name, sql from sqlite_schema where sql is not null order by name")
    .all() as {
    sql: string;
  }[];
  return rows.map((row) => row.sql.replaceAll(/\s+/g, " "));
}

/** Every row of every table. */
function contents(): Record<string, unknown[]> {
  const tables = db.prepare("select name from sqlite_schema where type = 'table' order by name").all() as {
    name: string;
  }[];
  return Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`select * from ${name}`).all()]));
}

describe("the migrations", () => {
  it("are numbered without gaps, and each has a name of its own", () => {
    expect(VERSIONS).toEqual(VERSIONS.map((_, index) => index + 1));
    expect(new Set(MIGRATIONS.map((migration) => migration.name)).size).toBe(VERSIONS.length);
    expect(LATEST_VERSION).toBe(VERSIONS.at(-1));
  });

  it("lead from any version to any other and make the same schema whichever way", () => {
    const forward = new Map([[0, schema()]]);
    for (const version of VERSIONS) {
      migrate(db, path, version);
      expect(schemaVersion(db)).toBe(version);
      forward.set(version, schema());
    }
    for (const version of [...VERSIONS, 0].toSorted((one, other) => other - one)) {
      migrate(db, path, version);
      expect(schemaVersion(db)).toBe(version);
      expect(schema()).toEqual(forward.get(version));
    }
    migrate(db, path);
    expect(schema()).toEqual(forward.get(LATEST_VERSION));
  });

  it("keep every row on the way back to the first version and forward again", async () => {
    const store = await SqliteStore.open({ path });
    const run = await seedRun(store, { idempotencyKey: "k", parameters: { kind: "inline", text: "1" } });
    const entries = [anEntry(run.id, 0, { tags: ["a"] }), anEntry(run.id, 1, { heartbeat: "2" })];
    const executor = anExecutor();
    await store.registerExecutor(executor);
    await store.commit([batch(run, ...entries.map(entryOp))]);
    await store.limits.upsert({ id: "l", name: "seats", limit: 3, now: NOW });
    const holder = { type: "task_run" as const, id: "t", executorId: executor.id };
    const lease = {
      names: ["seats"],
      slots: 2,
      leaseId: "lease",
      holder,
      now: NOW,
      expiresAt: NOW + 1,
      strict: true,
    };
    await store.limits.acquire(lease);
    await store.cache.lock({ key: "c", holder: "h", executorId: executor.id, now: NOW, expiresAt: NOW + 1 });
    await store.close();

    const before = contents();
    migrate(db, path, 1);
    migrate(db, path);
    expect(contents()).toEqual(before);

    const again = await SqliteStore.open({ path });
    expect(await allEntries(again, run.id)).toEqual(entries);
    expect(await (await again.repositories()).flowRuns.get(run.id)).toEqual(run);
    expect(await again.limits.leases("seats", NOW)).toHaveLength(1);
    await again.close();
  });

  it("do nothing in halves: a statement that fails leaves the version before", () => {
    migrate(db, path, 1);
    const before = schema();
    // The next version makes an index of this name.
    const [second] = MIGRATIONS.slice(1);
    if (second === undefined) throw new Error("a second migration was expected");
    const [, name = ""] =
      /create index (\w+)/.exec(second.up({ integer: "", text: "", real: "" }).join("\n")) ?? [];
    db.exec(`create table ${name} (x)`);
    expect(() => migrate(db, path)).toThrow(/already/);
    db.exec(`drop table ${name}`);
    expect(schemaVersion(db)).toBe(1);
    expect(schema()).toEqual(before);
  });
});

describe("opening", () => {
  it("a store of a later version is refused, and nothing in it is changed", async () => {
    migrate(db, path);
    db.exec(`create table of_the_future (x); pragma user_version = ${LATEST_VERSION + 1}`);
    const before = schema();
    await expect(SqliteStore.open({ path })).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_STORE_NEWER",
      facts: { location: path, version: LATEST_VERSION + 1, known: LATEST_VERSION },
      help: expect.stringContaining("Update segno") as string,
    });
    expect(schemaVersion(db)).toBe(LATEST_VERSION + 1);
    expect(schema()).toEqual(before);
  });

  it("another program's database is refused, and not a byte of it is changed", async () => {
    const foreign = join(newFolder("migrations-"), "theirs.db");
    const { DatabaseSync } = await import("@photostructure/sqlite");
    const theirs = new DatabaseSync(foreign);
    theirs.exec("create table flow_run (theirs); pragma user_version = 1");
    theirs.close();
    const before = readFileSync(foreign);
    await expect(SqliteStore.open({ path: foreign })).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_STORE_FOREIGN",
    });
    expect(readFileSync(foreign).equals(before)).toBe(true);
  });

  it(
    "fresh files from eight processes at once gives each of them the whole store",
    { timeout: 120_000 },
    async () => {
      const fresh = join(newFolder("migrations-"), "deep", "segno.db");
      // Processes start one after the other on a small machine: they wait for a moment to come.
      const at = String(Date.now() + 3000);
      const children = Array.from(
        { length: 8 },
        () => new Child(USER, ["sqlite", fresh, "open-at", at, "20"]),
      );
      const answers = await Promise.all(children.map((child) => child.done()));
      expect(new Set(answers)).toEqual(new Set(["opened"]));
      for (let index = 0; index < 20; index++) {
        const store = await SqliteStore.open({ path: `${fresh}-${index}` });
        expect(await store.liveExecutors()).toHaveLength(8);
        await store.close();
      }
    },
  );

  it(
    "an old store from several processes at once brings it up to date once",
    { timeout: 120_000 },
    async () => {
      const old = await openDatabase({ path: `${path}-0`, durability: "full", busyTimeout: 5000 });
      migrate(old, path, 1);
      const at = String(Date.now() + 2000);
      const children = Array.from({ length: 4 }, () => new Child(USER, ["sqlite", path, "open-at", at, "1"]));
      await Promise.all(children.map((child) => child.done()));
      expect(schemaVersion(old)).toBe(LATEST_VERSION);
      old.close();
    },
  );
});
