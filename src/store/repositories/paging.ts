import { RefusedError } from "../../core/errors.ts";
import type { Page, PageRequest } from "./repositories.ts";

const MAX_PAGE = 1000;

/** @throws RefusedError `SEGNO_INVALID_PAGE` unless the limit is 1 to 1000 and the cursor text. */
export function checkPage(page: PageRequest): { readonly limit: number; readonly after: string | null } {
  const { limit, after = null } = page;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalidPage(`a page's limit is ${String(limit)}; expected a whole number from 1 to ${MAX_PAGE}`);
  }
  if (after !== null && typeof after !== "string") {
    throw invalidPage(`a page's cursor is ${JSON.stringify(after)}; expected the text that a page answered`);
  }
  return { limit, after };
}

export function invalidPage(message: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_PAGE",
    message,
    help: "Leave the cursor out for the first page; then give the `cursor` of the page before.",
  });
}

/** Makes a page of rows that were read one past its limit: the surplus row says that there are more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: shown.map(item), cursor: more ? cursorOf(last) : null };
}
