import { flowFromRow } from "../flow-run-rows.ts";
import type { RepositoryContext } from "./context.ts";
import { checkPage, toPage } from "./paging.ts";
import type { FlowRepository } from "./repositories.ts";

export function flowRepository({ db }: RepositoryContext): FlowRepository {
  return {
    async get(id) {
      const row = await db.selectFrom("flow").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : flowFromRow(row);
    },

    async getByName(name) {
      const row = await db.selectFrom("flow").selectAll().where("name", "=", name).executeTakeFirst();
      return row === undefined ? null : flowFromRow(row);
    },

    async list(page) {
      const { limit, after } = checkPage(page);
      let query = db
        .selectFrom("flow")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (after !== null) query = query.where("id", "<", after);
      return toPage(await query.execute(), limit, flowFromRow, (row) => row.id);
    },
  };
}
