import { RefusedError } from "../../core/errors.ts";
import { checkVariableName, variableText } from "./checks.ts";
import type { RepositoryContext } from "./context.ts";
import { checkPage, toPage } from "./paging.ts";
import type { VariableRepository, VariableRow } from "./repositories.ts";
import type { VariableTable } from "./tables.ts";

export function variableRepository({ db, atomically }: RepositoryContext): VariableRepository {
  const get: VariableRepository["get"] = async (name) => {
    const row = await db.selectFrom("variable").selectAll().where("name", "=", name).executeTakeFirst();
    return row === undefined ? null : variableFromRow(row);
  };

  return {
    get,

    async set(variable, { overwrite }) {
      checkVariableName(variable.name);
      const row = variableToRow(variable, variableText(variable.name, variable.value));
      const insert = db
        .insertInto("variable")
        .values(row)
        .onConflict((conflict) => {
          const name = conflict.column("name");
          if (!overwrite) return name.doNothing();
          return name.doUpdateSet({ value: row.value, tags: row.tags, updated_at: row.updated_at });
        });
      const [written] = await atomically([insert]);
      if (written === 0) throw exists(variable.name);
      // The id and the time of creation are those of the first write.
      return (await get(variable.name)) ?? variable;
    },

    async unset(name) {
      const [gone] = await atomically([db.deleteFrom("variable").where("name", "=", name)]);
      return gone === 1;
    },

    async list(page) {
      const { limit, after } = checkPage(page);
      let query = db
        .selectFrom("variable")
        .selectAll()
        .orderBy("name")
        .limit(limit + 1);
      if (after !== null) query = query.where("name", ">", after);
      return toPage(await query.execute(), limit, variableFromRow, (row) => row.name);
    },
  };
}

function exists(name: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_VARIABLE_EXISTS",
    message: `There is a variable ${JSON.stringify(name)} already.`,
    help: "Ask for it to be overwritten, or choose another name.",
    facts: { name },
  });
}

function variableToRow(variable: VariableRow, value: string): VariableTable {
  const { id, name, tags, createdAt, updatedAt } = variable;
  return { id, name, value, tags: JSON.stringify(tags), created_at: createdAt, updated_at: updatedAt };
}

function variableFromRow(row: VariableTable): VariableRow {
  return {
    id: row.id,
    name: row.name,
    value: JSON.parse(row.value) as unknown,
    tags: JSON.parse(row.tags) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
