import { join } from "node:path";
import { openDatabase } from "../../../src/store/sqlite/driver.ts";

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

/** All that a run's execution writes, as one text. */
export async function everything(home: string): Promise<string> {
  const tables = ["flow", "flow_run", "flow_run_state", "task_run", "artifact", "event", "log", "task_cache"];
  const contents: unknown[] = [];
  for (const table of tables) contents.push(await rowsOf(home, `select * from ${table} order by rowid`));
  return JSON.stringify(contents);
}
