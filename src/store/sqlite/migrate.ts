import { StoreError } from "../../core/errors.ts";
import { LATEST_VERSION, MIGRATIONS } from "../migrations/index.ts";
import type { ColumnTypes } from "../migrations/migration.ts";
import { type Database, writeTransaction } from "./driver.ts";
import { markAsOurs } from "./identity.ts";

const TYPES: ColumnTypes = { integer: "integer", text: "text", real: "real" };

/**
 * The schema's version: SQLite keeps one integer for us in the file's header.
 * @internal
 */
export function schemaVersion(db: Database): number {
  const row = db.prepare("pragma user_version").get() as { user_version: number };
  return row.user_version;
}

/**
 * Brings the schema to a version, forward or back, in one transaction. Processes that open a fresh
 * file together wait for the first of them and then find nothing left to do.
 *
 * @throws StoreError `SEGNO_STORE_NEWER` when the file was written by a later Segno.
 */
export function migrate(db: Database, location: string, target: number = LATEST_VERSION): void {
  if (schemaVersion(db) === target) return;
  writeTransaction(db, () => {
    const current = schemaVersion(db);
    if (current > LATEST_VERSION) throw newerSchema(location, current);
    const forward = MIGRATIONS.filter((m) => m.version > current && m.version <= target);
    const back = MIGRATIONS.filter((m) => m.version <= current && m.version > target).reverse();
    if (current === 0) markAsOurs(db);
    for (const migration of forward) for (const sql of migration.up(TYPES)) db.exec(sql);
    for (const migration of back) for (const sql of migration.down(TYPES)) db.exec(sql);
    db.exec(`pragma user_version = ${target}`);
  });
}

function newerSchema(location: string, current: number): StoreError {
  return new StoreError({
    code: "SEGNO_STORE_NEWER",
    message: `The store ${location} has schema version ${current}; this Segno knows versions up to ${LATEST_VERSION}.`,
    help: "Update segno, or point SEGNO_STORE_PATH to another file.",
    facts: { location, version: current, known: LATEST_VERSION },
  });
}
