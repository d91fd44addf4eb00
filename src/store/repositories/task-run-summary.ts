import { setImmediate as nextTurn } from "node:timers/promises";
import { TASK_RUN_KINDS } from "../../core/run.ts";
import type { StateType } from "../../core/state.ts";
import type { RepositoryContext } from "./context.ts";
import type { TaskSummary } from "./repositories.ts";

/** Rows read at once: a few ms of the thread, which other runs of this process wait for. */
const CHUNK = 2000;

interface Fact {
  readonly name: string;
  readonly state_type: string;
  readonly state_name: string;
  readonly run_count: number;
  readonly total_run_time: number;
}

/**
 * Visits the task runs of a flow run in chunks: 2 s for a million. One GROUP BY takes 0.5 to 1.3 s,
 * but sorts every row of the run to get there and, embedded, holds the thread for all of it;
 * grouping chunk by chunk in the database saves half and costs a second query for the chunk's end.
 */
async function visit(
  { db }: RepositoryContext,
  flowRunId: string,
  each: (fact: Fact) => void,
): Promise<void> {
  let scope = "";
  let seq = -1;
  for (;;) {
    const rows = await db
      .selectFrom("task_run")
      .select(["scope", "seq", "kind", "name", "state_type", "state_name", "run_count", "total_run_time"])
      .where("flow_run_id", "=", flowRunId)
      .where((eb) => eb(eb.refTuple("scope", "seq"), ">", eb.tuple(scope, seq)))
      .orderBy("scope")
      .orderBy("seq")
      .limit(CHUNK)
      .execute();
    for (const row of rows) if (KINDS.has(row.kind)) each(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK) return;
    ({ scope, seq } = last);
    await nextTurn();
  }
}

const KINDS: ReadonlySet<string> = new Set(TASK_RUN_KINDS);

export async function countByState(
  context: RepositoryContext,
  flowRunId: string,
): Promise<Partial<Record<StateType, number>>> {
  const counts: Partial<Record<StateType, number>> = {};
  await visit(context, flowRunId, (fact) => {
    const type = fact.state_type as StateType;
    counts[type] = (counts[type] ?? 0) + 1;
  });
  return counts;
}

export async function summary(
  context: RepositoryContext,
  flowRunId: string,
): Promise<readonly TaskSummary[]> {
  const byName = new Map<
    string,
    { count: number; byState: Record<string, number>; retries: number; runTime: number }
  >();
  await visit(context, flowRunId, (fact) => {
    const found = byName.get(fact.name) ?? { count: 0, byState: {}, retries: 0, runTime: 0 };
    byName.set(fact.name, found);
    found.count++;
    found.byState[fact.state_name] = (found.byState[fact.state_name] ?? 0) + 1;
    found.retries += Math.max(0, fact.run_count - 1);
    found.runTime += fact.total_run_time;
  });
  return Array.from(byName, ([name, found]) => ({ name, ...found }));
}
