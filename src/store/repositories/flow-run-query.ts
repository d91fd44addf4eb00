import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { FlowRunTable } from "../flow-run-rows.ts";
import { STATE_TYPES } from "../../core/state.ts";
import { contains, hasTag } from "./conditions.ts";
import type { RepositoryContext } from "./context.ts";
import type { FlowRunFilter } from "./repositories.ts";
import type { Tables } from "./tables.ts";

type Builder = ExpressionBuilder<Tables, "flow_run">;

/** The filter as conditions, all of which must hold. */
export function flowRunConditions(eb: Builder, filter: FlowRunFilter): Expression<SqlBool>[] {
  const conditions: Expression<SqlBool>[] = [];
  const { flowName, stateTypes, stateNames, parentFlowRunId } = filter;
  if (flowName !== undefined) {
    conditions.push(
      eb("flow_id", "=", eb.selectFrom("flow").select("flow.id").where("flow.name", "=", flowName)),
    );
  }
  if (stateTypes !== undefined) conditions.push(eb("state_type", "in", [...stateTypes]));
  if (stateNames !== undefined) conditions.push(eb("state_name", "in", [...stateNames]));
  for (const tag of filter.tags ?? []) conditions.push(hasTag("tags", tag));
  if (parentFlowRunId === null) conditions.push(eb("parent_flow_run_id", "is", null));
  else if (parentFlowRunId !== undefined) conditions.push(eb("parent_flow_run_id", "=", parentFlowRunId));
  if (filter.nameLike !== undefined) conditions.push(contains("name", filter.nameLike));
  if (filter.startedAfter !== undefined) conditions.push(eb("start_at", ">=", filter.startedAfter));
  if (filter.startedBefore !== undefined) conditions.push(eb("start_at", "<", filter.startedBefore));
  return conditions;
}

/**
 * The newest `limit` rows that the filter lets through, older than `after`.
 *
 * Several state types are read one by one and merged: each is a stretch of `(state_type, id)` in
 * the right order, while all at once would have to be sorted, which is every row of those types.
 */
export async function newestFlowRuns(
  { db }: RepositoryContext,
  filter: FlowRunFilter,
  after: string | null,
  limit: number,
): Promise<FlowRunTable[]> {
  const read = (part: FlowRunFilter): Promise<FlowRunTable[]> => {
    let query = db
      .selectFrom("flow_run")
      .selectAll()
      .where((eb) => eb.and(flowRunConditions(eb, part)))
      .orderBy("id", "desc")
      .limit(limit);
    if (after !== null) query = query.where("id", "<", after);
    return query.execute();
  };
  const types = new Set(filter.stateTypes);
  if (filter.stateTypes === undefined || types.size === STATE_TYPES.length) {
    const { stateTypes: _, ...rest } = filter;
    return read(rest);
  }
  const parts: FlowRunTable[] = [];
  for (const type of types) parts.push(...(await read({ ...filter, stateTypes: [type] })));
  return parts.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}

/** How many recent names an error looks through for a near one. */
const NEAR_CANDIDATES = 1000;

/** Names to look for a near one among: the newest runs, since a person types what they saw last. */
export async function recentNames({ db }: RepositoryContext): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom("flow_run")
    .select(["id", "name"])
    .orderBy("id", "desc")
    .limit(NEAR_CANDIDATES)
    .execute();
}
