import type { LogLine } from "../../core/run.ts";
import type { RepositoryContext } from "./context.ts";
import { checkPage, toPage } from "./paging.ts";
import type { LogRepository } from "./repositories.ts";
import type { LogTable } from "./tables.ts";

/** Rows an insert carries: SQLite binds at most 32 766 values, PostgreSQL 65 535. */
const CHUNK = 1000;

export function logRepository({ db, atomically }: RepositoryContext): LogRepository {
  return {
    async list(filter, page) {
      const { limit, after } = checkPage(page);
      let query = db
        .selectFrom("log")
        .selectAll()
        .orderBy("id")
        .limit(limit + 1);
      if (after !== null) query = query.where("id", ">", after);
      if (filter.minLevel !== undefined) query = query.where("level", ">=", filter.minLevel);
      if (filter.taskRunId !== undefined) query = query.where("task_run_id", "=", filter.taskRunId);
      let flowRunId: string | null | undefined = filter.flowRunId;
      if (flowRunId === undefined && filter.taskRunId !== undefined) {
        // There is no index by task run: logs are written on the path of every step.
        const task = db.selectFrom("task_run").select("flow_run_id").where("id", "=", filter.taskRunId);
        flowRunId = (await task.executeTakeFirst())?.flow_run_id ?? null;
      }
      if (flowRunId !== undefined)
        query = query.where("flow_run_id", flowRunId === null ? "is" : "=", flowRunId);
      return toPage(await query.execute(), limit, logFromRow, (row) => row.id);
    },

    async append(lines) {
      const writes = [];
      for (let start = 0; start < lines.length; start += CHUNK) {
        const rows = lines.slice(start, start + CHUNK).map(logToRow);
        writes.push(
          db
            .insertInto("log")
            .values(rows)
            .onConflict((conflict) => conflict.column("id").doNothing()),
        );
      }
      if (writes.length > 0) await atomically(writes);
    },
  };
}

function logToRow(line: LogLine): LogTable {
  const { id, at, level, logger, message, flowRunId, taskRunId } = line;
  return { id, at, level, logger, message, flow_run_id: flowRunId, task_run_id: taskRunId };
}

function logFromRow(row: LogTable): LogLine {
  const { id, at, level, logger, message } = row;
  return { id, at, level, logger, message, flowRunId: row.flow_run_id, taskRunId: row.task_run_id };
}
