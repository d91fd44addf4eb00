import type { CompiledQuery, Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** What every repository is made of. */
export interface RepositoryContext {
  readonly db: Kysely<Tables>;
  readonly atomically: Atomically;
}

/** A built query; `.compile()` needs no database. */
export interface Compilable {
  compile(): CompiledQuery;
}

/**
 * Runs writes in one durable transaction, in order; answers how many rows each touched. With
 * `every`, a write that touches no row undoes them all, and the answer is null.
 *
 * A list and not a callback: on an embedded store nothing may be awaited while the write lock is
 * held, or another write of the same thread would wait for it for ever. What has to be decided is
 * read before, and checked again in the statements' own conditions.
 */
export interface Atomically {
  (writes: readonly Compilable[]): Promise<readonly number[]>;
  (writes: readonly Compilable[], options: { readonly every: true }): Promise<readonly number[] | null>;
}
