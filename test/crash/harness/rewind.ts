import { type Database, openDatabase } from "../../../src/store/sqlite/driver.ts";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { Row } from "./rows.ts";

const TABLES = ["flow_run", "flow_run_state", "task_run"] as const;

/** All that a crash would have left, had it come right after a commit. */
export type Snapshot = Readonly<Record<(typeof TABLES)[number], readonly Row[]>>;

/**
 * Looks at the store after each commit of this process, and puts it back to where it was then: what a
 * process that died at that moment leaves, without the time that it takes to kill one.
 */
export class Rewind {
  readonly #db: Database;
  /** What was put back last, if anything, and what was there after each commit since. */
  snapshots: Snapshot[] = [];

  private constructor(db: Database) {
    this.#db = db;
  }

  static async watch(path: string): Promise<Rewind> {
    const rewind = new Rewind(await openDatabase({ path, durability: "normal", busyTimeout: 10_000 }));
    // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below.
    const { commit } = SqliteStore.prototype;
    SqliteStore.prototype.commit = async function (this: SqliteStore, batches) {
      const answer = await commit.call(this, batches);
      rewind.snapshots.push(rewind.look());
      return answer;
    };
    return rewind;
  }

  look(): Snapshot {
    const rows = (table: string) => this.#db.prepare(`select * from ${table} order by rowid`).all() as Row[];
    return {
      flow_run: rows("flow_run"),
      flow_run_state: rows("flow_run_state"),
      task_run: rows("task_run"),
    };
  }

  /** Puts the store back; the runs that had not ended belong to a process that is no more. */
  to(snapshot: Snapshot): void {
    this.#db.exec("begin immediate");
    for (const table of TABLES.toReversed()) this.#db.exec(`delete from ${table}`);
    for (const table of TABLES) {
      for (const row of snapshot[table]) {
        const columns = Object.keys(row);
        const values = columns.map(() => "?").join(", ");
        this.#db
          .prepare(`insert into ${table} (${columns.join(", ")}) values (${values})`)
          .run(...Object.values(row));
      }
    }
    this.#db.exec("update flow_run set executor_id = 'gone' where executor_id is not null");
    this.#db.exec("commit");
    this.snapshots = snapshot.flow_run.length === 0 ? [] : [snapshot];
  }

  close(): void {
    this.#db.close();
  }
}
