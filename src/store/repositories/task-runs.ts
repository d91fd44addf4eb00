import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { entryFromRow } from "../entry-rows.ts";
import { contains, hasTag } from "./conditions.ts";
import type { RepositoryContext } from "./context.ts";
import { checkPage, invalidPage, toPage } from "./paging.ts";
import { ambiguous, notFound, prefixRange, TASK_RUN } from "./references.ts";
import type { TaskRunFilter, TaskRunRepository } from "./repositories.ts";
import type { Tables } from "./tables.ts";
import { countByState, summary } from "./task-run-summary.ts";

const SHOWN_MATCHES = 8;

export function taskRunRepository(context: RepositoryContext): TaskRunRepository {
  const { db } = context;
  const get: TaskRunRepository["get"] = async (id) => {
    const row = await db.selectFrom("task_run").selectAll().where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : entryFromRow(row);
  };

  return {
    get,

    async resolve(reference) {
      const exact = await get(reference);
      if (exact !== null) return exact;
      const range = prefixRange(reference);
      if (range === null) throw notFound(TASK_RUN, reference, []);
      const matches = await db
        .selectFrom("task_run")
        .selectAll()
        .where("id", ">=", range.from)
        .where("id", "<", range.below)
        .limit(SHOWN_MATCHES + 1)
        .execute();
      const [only] = matches;
      if (only === undefined) throw notFound(TASK_RUN, reference, []);
      if (matches.length === 1) return entryFromRow(only);
      throw ambiguous(TASK_RUN, reference, matches.slice(0, SHOWN_MATCHES), matches.length > SHOWN_MATCHES);
    },

    async list(filter, page) {
      const { limit, after } = checkPage(page);
      let query = db
        .selectFrom("task_run")
        .selectAll()
        .where((eb) => eb.and(conditions(eb, filter)))
        .limit(limit + 1);
      if (filter.flowRunId === undefined) {
        query = query.orderBy("id", "desc");
        if (after !== null) query = query.where("id", "<", after);
        return toPage(await query.execute(), limit, entryFromRow, (row) => row.id);
      }
      query = query.orderBy("scope").orderBy("seq");
      if (after !== null) {
        const { scope, seq } = parseCallCursor(after);
        query = query.where((eb) => eb(eb.refTuple("scope", "seq"), ">", eb.tuple(scope, seq)));
      }
      return toPage(await query.execute(), limit, entryFromRow, (row) => `${row.scope}:${row.seq}`);
    },

    countByState: (flowRunId) => countByState(context, flowRunId),
    summary: (flowRunId) => summary(context, flowRunId),
  };
}

function conditions(eb: ExpressionBuilder<Tables, "task_run">, filter: TaskRunFilter): Expression<SqlBool>[] {
  const found: Expression<SqlBool>[] = [];
  const { flowRunId, stateTypes, stateNames, nameLike, kinds } = filter;
  if (flowRunId !== undefined) found.push(eb("flow_run_id", "=", flowRunId));
  if (kinds !== undefined) found.push(eb("kind", "in", [...kinds]));
  if (stateTypes !== undefined) found.push(eb("state_type", "in", [...stateTypes]));
  if (stateNames !== undefined) found.push(eb("state_name", "in", [...stateNames]));
  for (const tag of filter.tags ?? []) found.push(eb("tags", "is not", null), hasTag("tags", tag));
  if (nameLike !== undefined) found.push(contains("name", nameLike));
  return found;
}

function parseCallCursor(cursor: string): { readonly scope: string; readonly seq: number } {
  const split = cursor.lastIndexOf(":");
  const seq = Number(cursor.slice(split + 1));
  if (split === -1 || !Number.isSafeInteger(seq)) {
    throw invalidPage(`${JSON.stringify(cursor)} is not a cursor of a flow run's task runs`);
  }
  return { scope: cursor.slice(0, split), seq };
}
