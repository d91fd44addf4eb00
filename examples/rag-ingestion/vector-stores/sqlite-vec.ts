import { relative } from "node:path";

import { DatabaseSync } from "@photostructure/sqlite";
import { getLoadablePath } from "sqlite-vec";

import type { Match, VectorStore } from "../vector-store.ts";

type Database = InstanceType<typeof DatabaseSync>;

/** One SQLite file; an index is a virtual table in it that sqlite-vec searches. */
export function sqliteVec(file: string): VectorStore {
  return {
    name: `sqlite-vec, ${relative(process.cwd(), file)}`,

    upsert: async (index, points) =>
      withDatabase(file, (db) => {
        const [first] = points;
        if (!first) return;
        const table = quoted(index);
        db.exec(
          `create virtual table if not exists ${table} using vec0(
             id text primary key, vector float[${first.vector.length}] distance_metric=cosine,
             +text text, +source text)`,
        );
        // vec0 has no upsert: a point is deleted and inserted, in one transaction.
        const remove = db.prepare(`delete from ${table} where id = ?`);
        const insert = db.prepare(`insert into ${table} (id, vector, text, source) values (?, ?, ?, ?)`);
        db.exec("begin immediate");
        for (const { id, vector, text, source } of points) {
          remove.run(id);
          insert.run(id, bytesOf(vector), text, source);
        }
        db.exec("commit");
      }),

    search: async (index, vector, limit) =>
      withDatabase(file, (db) => {
        const rows: unknown[] = db
          .prepare(
            `select id, text, source, 1 - distance as score from ${quoted(index)}
             where vector match ? and k = ? order by distance`,
          )
          .all(bytesOf(vector), limit);
        return rows as Match[];
      }),

    count: async (index) =>
      withDatabase(file, (db) => {
        const row = db.prepare(`select count(*) as points from ${quoted(index)}`).get() as { points: number };
        return row.points;
      }),
  };
}

/** Opening takes a millisecond; a connection that nobody holds cannot be left behind by a crash. */
function withDatabase<T>(file: string, use: (db: Database) => T): T {
  const db = new DatabaseSync(file, { allowExtension: true, timeout: 10_000 });
  try {
    db.enableLoadExtension(true);
    db.loadExtension(getLoadablePath());
    return use(db);
  } finally {
    db.close();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
