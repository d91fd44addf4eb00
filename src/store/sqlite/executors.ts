import { uuidv7 } from "uuidv7";
import { makeState } from "../../core/state.ts";
import type { Executor } from "../store.ts";
import type { CommitStatements } from "./commit.ts";
import { type Database, type Statement, writeTransaction } from "./driver.ts";

/** µs that the row of an ended process is kept: longer than any lease that refers to it. */
const KEPT = 86_400_000_000;

/**
 * Processes that execute runs. One row a process, whatever the number of its runs: a heartbeat is
 * one small write, and the death of a process is seen in one place.
 */
export class SqliteExecutors {
  readonly #journal: Database;
  readonly #statements: CommitStatements;
  readonly #forget: Statement;
  readonly #register: Statement;
  readonly #beat: Statement;
  readonly #cancelling: Statement;
  readonly #end: Statement;
  readonly #live: Statement;
  readonly #runsOf: Statement;
  readonly #orphan: Statement;
  readonly #endWithRuns: Statement;

  constructor(side: Database, journal: Database, statements: CommitStatements) {
    this.#journal = journal;
    this.#statements = statements;
    this.#forget = side.prepare("delete from executor where ended_at is not null and ended_at < ?");
    this.#register = side.prepare(
      `insert into executor (id, hostname, pid, pid_started_at, started_at, expires_at, ended_at) values (?, ?, ?, ?, ?, ?, ?)
       on conflict(id) do update set expires_at = excluded.expires_at, ended_at = null`,
    );
    this.#beat = side.prepare("update executor set expires_at = ? where id = ?");
    this.#cancelling = side.prepare(
      "select id from flow_run where executor_id = ? and state_type = 'CANCELLING'",
    );
    this.#end = side.prepare("update executor set ended_at = ? where id = ?");
    this.#live = side.prepare("select * from executor where ended_at is null");
    this.#runsOf = journal.prepare("select id, state_type from flow_run where executor_id = ?");
    // On the journal's connection, since it is part of that transaction.
    this.#endWithRuns = journal.prepare("update executor set ended_at = ? where id = ?");
    this.#orphan = journal.prepare("update flow_run set executor_id = null, fence = fence + 1 where id = ?");
  }

  register(executor: Executor): void {
    const e = executor;
    this.#forget.run(e.startedAt - KEPT);
    this.#register.run(e.id, e.hostname, e.pid, e.pidStartedAt, e.startedAt, e.expiresAt, e.endedAt);
  }

  beat(id: string, expiresAt: number): string[] {
    this.#beat.run(expiresAt, id);
    return (this.#cancelling.all(id) as { id: string }[]).map((row) => row.id);
  }

  end(id: string, at: number): void {
    this.#end.run(at, id);
  }

  live(): Executor[] {
    return (this.#live.all() as unknown as ExecutorRow[]).map((row) => ({
      id: row.id,
      hostname: row.hostname,
      pid: row.pid,
      pidStartedAt: row.pid_started_at,
      startedAt: row.started_at,
      expiresAt: row.expires_at,
      endedAt: row.ended_at,
    }));
  }

  /** The fence is raised with the mark: whoever still believes in the run cannot write any more. */
  crashRuns(executorId: string, at: number, message: string): string[] {
    return writeTransaction(this.#journal, () => {
      const rows = this.#runsOf.all(executorId) as { id: string; state_type: string }[];
      const crashed: string[] = [];
      for (const row of rows) {
        const type = CRASHES_TO[row.state_type];
        if (type !== undefined) {
          const state = makeState({ id: uuidv7(), type, timestamp: at, message });
          this.#statements.changeRun(row.id, { state, endAt: at, release: true });
          crashed.push(row.id);
        }
        this.#orphan.run(row.id);
      }
      this.#endWithRuns.run(at, executorId);
      return crashed;
    });
  }
}

const CRASHES_TO: Readonly<Record<string, "CRASHED" | "CANCELLED" | undefined>> = {
  RUNNING: "CRASHED",
  PENDING: "CRASHED",
  CANCELLING: "CANCELLED",
};

interface ExecutorRow {
  id: string;
  hostname: string;
  pid: number;
  pid_started_at: string | null;
  started_at: number;
  expires_at: number;
  ended_at: number | null;
}
