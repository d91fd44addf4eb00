import { Kysely, SqliteDialect } from "kysely";
import type { Atomically, Compilable } from "../repositories/context.ts";
import { kyselyRepositories } from "../repositories/kysely-repositories.ts";
import type { Repositories } from "../repositories/repositories.ts";
import type { Tables } from "../repositories/tables.ts";
import type { Database, SqlValue } from "./driver.ts";
import { shortRead, shortWrite } from "./transaction.ts";

/**
 * Kysely over a connection that others use, too. That is safe only because every query is one
 * synchronous statement and {@link atomicWrites} one synchronous transaction: nothing is ever
 * awaited while a transaction is open.
 */
function sqliteKysely(db: Database): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: {
        prepare: (sql) => {
          const statement = shortRead(db, () => db.prepare(sql));
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => shortRead(db, (): unknown[] => statement.all(...(parameters as SqlValue[]))),
            run: (parameters) => shortRead(db, () => statement.run(...(parameters as SqlValue[]))),
            iterate: (parameters) => statement.iterate(...(parameters as SqlValue[])),
          };
        },
        // The connection belongs to the store, which closes it.
        close: () => undefined,
      },
    }),
  });
}

class Missed extends Error {}

/** Writes that people and programs ask for outlive a power failure, unlike what else this connection writes. */
function atomicWrites(db: Database): Atomically {
  const run = (writes: readonly Compilable[], every: boolean): number[] =>
    writes.map((write) => {
      const { sql, parameters } = write.compile();
      const touched = db.prepare(sql).run(...(parameters as SqlValue[])).changes;
      if (every && touched === 0) throw new Missed();
      return touched;
    });

  async function atomically(writes: readonly Compilable[]): Promise<readonly number[]>;
  async function atomically(
    writes: readonly Compilable[],
    options: { readonly every: true },
  ): Promise<readonly number[] | null>;
  async function atomically(
    writes: readonly Compilable[],
    options?: { readonly every: true },
  ): Promise<readonly number[] | null> {
    db.exec("pragma synchronous = full");
    try {
      return shortWrite(db, () => run(writes, options?.every === true));
    } catch (error) {
      if (error instanceof Missed) return null;
      throw error;
    } finally {
      db.exec("pragma synchronous = normal");
    }
  }
  return atomically;
}

export function sqliteRepositories(db: Database): Repositories {
  return kyselyRepositories({ db: sqliteKysely(db), atomically: atomicWrites(db) });
}
