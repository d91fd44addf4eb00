import { join } from "node:path";
import { openDatabase } from "../../../src/store/sqlite/driver.ts";
import type { Trial } from "./trial.ts";

type Row = Readonly<Record<string, string | number | null>>;

/** What must hold of the store once all of a trial's runs have ended. */
export async function checkStore(trial: Trial): Promise<string[]> {
  const path = join(trial.home, "segno.db");
  const db = await openDatabase({ path, durability: "normal", busyTimeout: 10_000 });
  const all = (sql: string) => db.prepare(sql).all() as Row[];
  const list = (what: string, rows: readonly Row[]) => rows.map((row) => `${what}: ${JSON.stringify(row)}`);
  try {
    const integrity = all("pragma integrity_check").filter((row) => row["integrity_check"] !== "ok");
    return [
      ...list("integrity", integrity),
      ...list("foreign key", all("pragma foreign_key_check")),
      ...list("a run did not complete", all(UNFINISHED_RUNS)),
      ...list(
        "a run has an executor still",
        all("select id, flow_name from flow_run where executor_id is not null"),
      ),
      ...list("a run began another attempt", all(EXTRA_ATTEMPTS)),
      ...list("an entry did not end", all(UNFINISHED_ENTRIES)),
      ...list("the calls of a body have a gap", all(CALL_GAPS)),
      ...list("the outcomes of an attempt have a gap", all(OUTCOME_GAPS)),
      ...list("two entries of one call", all(DOUBLE_CALLS)),
      ...(trial.flows.includes("effects") ? list("an effect", all(EFFECTS)) : []),
      ...list("a slot is taken still", all(LEASES)),
      ...list("a lock is held still", all(LOCKS)),
    ];
  } finally {
    db.close();
  }
}

/** A subflow that failed is the answer that its caller got. */
const UNFINISHED_RUNS = `select id, flow_name, state_type from flow_run
  where state_type != 'COMPLETED' and not (state_type = 'FAILED' and flow_name = 'fails-once')`;

const EXTRA_ATTEMPTS = `select id, flow_name, run_count from flow_run where retries = 0 and run_count != 1`;

const UNFINISHED_ENTRIES = `select id, kind, name, state_name from task_run
  where state_type not in ('COMPLETED', 'FAILED') or (scope = '' and done is null)`;

/** Only first attempts: in a later one what is found again leaves numbers out. */
const CALL_GAPS = `select flow_run_id, count(*) as calls, max(seq) as last from task_run
  where scope = '' and flow_run_id in (select id from flow_run where retries = 0)
  group by flow_run_id having max(seq) != count(*) - 1`;

const OUTCOME_GAPS = `select flow_run_id, count(*) as outcomes, count(distinct done) as numbers, max(done) as last
  from task_run where scope = '' and flow_run_id in (select id from flow_run where retries = 0)
  group by flow_run_id, flow_run_count having max(done) != count(*) - 1 or count(distinct done) != count(*)`;

const DOUBLE_CALLS = `select flow_run_id, scope, task_key, dynamic_key, count(*) as entries from task_run
  group by flow_run_id, scope, task_key, dynamic_key having count(*) > 1`;

const EFFECTS = `select * from (
    select 'artifacts' as what, count(*) as got, 4 as wanted from artifact where key = 'crash'
    union all select 'tables', count(*), 1 from artifact where key = 'crash-table'
    union all select 'events', count(*), 5 from event where event like 'crash.%'
    union all select 'kinds of events', count(distinct event), 5 from event where event like 'crash.%'
    union all select 'variable', cast(value as integer), 2 from variable where name = 'crash_count'
  ) where got != wanted`;

/** Slots and locks of a process that nobody knows to be dead: here, of the last one, which ended well. */
const LEASES = `select l.* from lease l left join executor e on e.id = l.executor_id where e.ended_at is null`;
const LOCKS = `select l.* from cache_lock l left join executor e on e.id = l.executor_id where e.ended_at is null`;
