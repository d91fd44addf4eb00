import { StoreError } from "../../core/errors.ts";
import type { Database } from "./driver.ts";

/** In the file's header, where `file(1)` and SQLite's own tools look for whose file it is. */
const APPLICATION_ID = 0x5e6e0;

/** Marks a file as Segno's; part of the transaction that makes its first table. */
export function markAsOurs(db: Database): void {
  db.exec(`pragma application_id = ${APPLICATION_ID}`);
}

/**
 * Lets a new file and a store pass, and refuses another program's database before anything in it
 * is changed.
 *
 * @throws StoreError `SEGNO_STORE_FOREIGN`
 */
export function refuseForeign(db: Database, location: string): void {
  // In this order: who makes the store meanwhile makes tables and mark in one transaction.
  const { tables } = db.prepare("select count(*) as tables from sqlite_schema").get() as { tables: number };
  if (tables === 0) return;
  const found = db.prepare("pragma application_id").get() as { application_id: number };
  if (found.application_id === APPLICATION_ID) return;
  throw new StoreError({
    code: "SEGNO_STORE_FOREIGN",
    message: `The SQLite file ${location} belongs to another program; nothing in it was changed.`,
    help: "Point SEGNO_STORE_PATH to a file of its own.",
    facts: { location, applicationId: found.application_id },
  });
}
