import { flowRunFromRow, flowRunStateFromRow } from "../flow-run-rows.ts";
import type { RepositoryContext } from "./context.ts";
import { cancelFlowRun } from "./flow-run-cancel.ts";
import { deleteFlowRun } from "./flow-run-delete.ts";
import { flowRunConditions, newestFlowRuns, recentNames } from "./flow-run-query.ts";
import { checkPage, toPage } from "./paging.ts";
import { ambiguous, FLOW_RUN, notFound, prefixRange } from "./references.ts";
import type { FlowRunRepository } from "./repositories.ts";

/** How many matches an error names. */
const SHOWN_MATCHES = 8;

export function flowRunRepository(context: RepositoryContext): FlowRunRepository {
  const { db } = context;
  const get: FlowRunRepository["get"] = async (id) => {
    const row = await db.selectFrom("flow_run").selectAll().where("id", "=", id).executeTakeFirst();
    return row === undefined ? null : flowRunFromRow(row);
  };

  return {
    get,

    async resolve(reference) {
      const exact = await get(reference);
      if (exact !== null) return exact;
      const range = prefixRange(reference);
      const named = db
        .selectFrom("flow_run")
        .selectAll()
        .where("name", "=", reference)
        .orderBy("id", "desc")
        .limit(SHOWN_MATCHES + 1);
      const matches = await named.execute();
      if (range !== null) {
        const begun = db
          .selectFrom("flow_run")
          .selectAll()
          .where("id", ">=", range.from)
          .where("id", "<", range.below)
          .limit(SHOWN_MATCHES + 1);
        matches.push(...(await begun.execute()));
      }
      const [only] = matches;
      if (only === undefined) throw notFound(FLOW_RUN, reference, await recentNames(context));
      if (matches.length === 1) return flowRunFromRow(only);
      throw ambiguous(FLOW_RUN, reference, matches.slice(0, SHOWN_MATCHES), matches.length > SHOWN_MATCHES);
    },

    async findByIdempotencyKey(flowName, key) {
      const row = await db
        .selectFrom("flow_run")
        .selectAll()
        .where((eb) => eb.and(flowRunConditions(eb, { flowName })))
        .where("idempotency_key", "=", key)
        .executeTakeFirst();
      return row === undefined ? null : flowRunFromRow(row);
    },

    async list(filter, page) {
      const { limit, after } = checkPage(page);
      const rows = await newestFlowRuns(context, filter, after, limit + 1);
      return toPage(rows, limit, flowRunFromRow, (row) => row.id);
    },

    async states(id) {
      const rows = await db
        .selectFrom("flow_run_state")
        .selectAll()
        .where("flow_run_id", "=", id)
        .orderBy("at")
        .orderBy("id")
        .execute();
      return rows.map(flowRunStateFromRow);
    },

    async children(id) {
      const rows = await db
        .selectFrom("flow_run")
        .selectAll()
        .where("parent_flow_run_id", "=", id)
        .orderBy("id")
        .execute();
      return rows.map(flowRunFromRow);
    },

    async count(filter) {
      const row = await db
        .selectFrom("flow_run")
        .select((eb) => eb.fn.countAll().as("count"))
        .where((eb) => eb.and(flowRunConditions(eb, filter)))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },

    requestCancel: (id, at, stateId) => cancelFlowRun(context, id, at, stateId),
    delete: (id) => deleteFlowRun(context, id),
  };
}
