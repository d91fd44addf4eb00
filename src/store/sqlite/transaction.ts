import { type Database, writeTransaction } from "./driver.ts";
import { storeClosed, storeError } from "./store-errors.ts";

/** {@link writeTransaction}, with SQLite's errors turned into the catalogue's. */
export function shortWrite<T>(db: Database, work: () => T): T {
  try {
    return writeTransaction(db, work);
  } catch (error) {
    throw asStoreError(error, db);
  }
}

/** Runs reads, with SQLite's errors turned into the catalogue's. */
export function shortRead<T>(db: Database, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asStoreError(error, db);
  }
}

function asStoreError(error: unknown, db: Database): unknown {
  return db.isOpen ? storeError(error, db.location() ?? ":memory:") : storeClosed("file");
}
