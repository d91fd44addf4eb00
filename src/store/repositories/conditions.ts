import { type RawBuilder, sql } from "kysely";

/**
 * Conditions that mean the same in every dialect.
 */

/**
 * Whether a JSON list of texts holds one of them.
 *
 * JSON functions differ between dialects and LIKE ignores case in one of them, so the list is
 * searched as text: an element is what stands between an unescaped `[` or `,` and its own quotes.
 */
export function hasTag(column: string, tag: string): RawBuilder<boolean> {
  const tags = sql`(',' || substr(${sql.ref(column)}, 2))`;
  return sql<boolean>`${tags} <> replace(${tags}, ${`,${JSON.stringify(tag)}`}, '')`;
}

/** Whether a text contains another, whatever the case. */
export function contains(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, (char) => `\\${char}`)}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
}
