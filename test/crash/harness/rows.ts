import { join } from "node:path";
import { openDatabase } from "../../../src/store/sqlite/driver.ts";
import { isBusy } from "../../../src/store/sqlite/store-errors.ts";

export type Row = Readonly<Record<string, string | number | null>>;

/** Asks the store of a home beside whoever works on it. */
export async function rowsOf(home: string, sql: string): Promise<Row[]> {
  const path = join(home, "segno.db");
  const db = await openDatabase({ path, durability: "normal", busyTimeout: 10_000 });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

/** Whether nobody holds the lock of a home's store at this moment. */
export async function canBeWritten(home: string): Promise<boolean> {
  const db = await openDatabase({ path: join(home, "segno.db"), durability: "normal", busyTimeout: 1000 });
  try {
    db.exec("pragma busy_timeout = 0");
    db.exec("begin immediate");
    db.exec("rollback");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  } finally {
    db.close();
  }
}

/** All rows that a run's execution writes, each as one text. */
export async function everything(home: string): Promise<string[]> {
  const tables = ["flow", "flow_run", "flow_run_state", "task_run", "artifact", "event", "log", "task_cache"];
  const rows: string[] = [];
  for (const table of tables) {
    for (const row of await rowsOf(home, `select * from ${table} order by rowid`)) {
      rows.push(`${table} ${JSON.stringify(row)}`);
    }
  }
  return rows;
}
