import { type Database, writeTransaction } from "./driver.ts";
import { storeError } from "./store-errors.ts";

/** {@link writeTransaction}, with SQLite's errors turned into the catalogue's. */
export function shortWrite<T>(db: Database, work: () => T): T {
  try {
    return writeTransaction(db, work);
  } catch (error) {
    throw storeError(error, locationOf(db));
  }
}

/** Runs reads, with SQLite's errors turned into the catalogue's. */
export function shortRead<T>(db: Database, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, locationOf(db));
  }
}

function locationOf(db: Database): string {
  return db.isOpen ? (db.location() ?? ":memory:") : "closed";
}
