import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseSyncInstance, StatementSyncInstance } from "@photostructure/sqlite";
import { refuseForeign } from "./identity.ts";
import { isBusy } from "./store-errors.ts";

export type Database = DatabaseSyncInstance;
export type Statement = StatementSyncInstance;
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface OpenOptions {
  readonly path: string;
  /**
   * `full`: a commit returns once it is on disk. `normal`: a commit survives the process, not a
   * power failure; right for what has no meaning after one (leases, heartbeats).
   */
  readonly durability: "full" | "normal";
  /** How long a statement may wait for another process's write, in ms. */
  readonly busyTimeout: number;
}

/**
 * Opens a database file, its folder made if need be.
 *
 * The driver's module is imported here and nowhere else: it loads a native library, which nobody
 * who only defines flows should pay for.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { DatabaseSync } = await import("@photostructure/sqlite");
  mkdirSync(dirname(options.path), { recursive: true });
  const db = new DatabaseSync(options.path, { timeout: options.busyTimeout });
  const deadline = performance.now() + options.busyTimeout;
  for (;;) {
    try {
      prepare(db, options);
      return db;
    } catch (error) {
      // When processes switch one fresh file to WAL at once, SQLite refuses some of them on the spot,
      // lock wait or not, since waiting would be a deadlock: 5 of 960 openings by eight processes.
      if (!isBusy(error) || performance.now() > deadline) {
        db.close();
        throw error;
      }
      await delay(1 + Math.random() * 9);
    }
  }
}

function prepare(db: Database, options: OpenOptions): void {
  // The order matters: the lock wait must stand before the switch to WAL, which takes a lock.
  db.exec(`pragma busy_timeout = ${options.busyTimeout}`);
  refuseForeign(db, options.path);
  db.exec("pragma journal_mode = wal");
  db.exec(`pragma synchronous = ${options.durability}`);
  // 8 MiB of log between checkpoints: a page that many commits touch is copied once for all of them.
  // 256 runs: 94-102 rows/ms with SQLite's 1000 pages, 106 with 2000, 107 with 4000; but while the log
  // still grows, each commit costs 0.06 ms more, and with 4000 a short program sees nothing else.
  db.exec("pragma wal_autocheckpoint = 2000");
  db.exec("pragma foreign_keys = on");
  db.exec("pragma temp_store = memory");
}

/** Runs `work` in one write transaction; a throw rolls everything back. Never await inside. */
export function writeTransaction<T>(db: Database, work: () => T): T {
  db.exec("begin immediate");
  let answer: T;
  try {
    answer = work();
    db.exec("commit");
  } catch (error) {
    // After SQLITE_FULL or an I/O error SQLite may have rolled back by itself already.
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
  return answer;
}
