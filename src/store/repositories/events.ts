import type { EventRecord } from "../../core/run.ts";
import type { RepositoryContext } from "./context.ts";
import { checkPage, toPage } from "./paging.ts";
import type { EventRepository } from "./repositories.ts";
import type { EventTable } from "./tables.ts";

const CHUNK = 1000;

export function eventRepository({ db, atomically }: RepositoryContext): EventRepository {
  return {
    async append(events) {
      const writes = [];
      for (let start = 0; start < events.length; start += CHUNK) {
        const rows = events.slice(start, start + CHUNK).map(eventToRow);
        writes.push(
          db
            .insertInto("event")
            .values(rows)
            .onConflict((conflict) => conflict.column("id").doNothing()),
        );
      }
      if (writes.length > 0) await atomically(writes);
    },

    async list(filter, page) {
      const { limit, after } = checkPage(page);
      let query = db
        .selectFrom("event")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (after !== null) query = query.where("id", "<", after);
      if (filter.event !== undefined) query = query.where("event", "=", filter.event);
      if (filter.resourceId !== undefined) query = query.where("resource_id", "=", filter.resourceId);
      return toPage(await query.execute(), limit, eventFromRow, (row) => row.id);
    },
  };
}

function eventToRow(event: EventRecord): EventTable {
  return {
    id: event.id,
    occurred: event.occurred,
    event: event.event,
    resource_id: event.resource["prefect.resource.id"] ?? "",
    resource: JSON.stringify(event.resource),
    related: JSON.stringify(event.related),
    payload: event.payload === undefined ? null : JSON.stringify(event.payload),
    follows: event.follows,
  };
}

function eventFromRow(row: EventTable): EventRecord {
  return {
    id: row.id,
    occurred: row.occurred,
    event: row.event,
    resource: JSON.parse(row.resource) as Record<string, string>,
    related: JSON.parse(row.related) as Record<string, string>[],
    payload: row.payload === null ? null : (JSON.parse(row.payload) as unknown),
    follows: row.follows,
  };
}
