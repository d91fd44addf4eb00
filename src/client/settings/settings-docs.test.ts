import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectation } from "./parse.ts";
import { SETTING_ROWS } from "./table.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/settings.md"), "utf8");

/** A table's rows as their cells, without what only aligns them. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test("docs/settings.md lists every setting as the table has it, in its order, and no other", () => {
  expect(rows).toEqual(
    SETTING_ROWS.map((row) => [
      `\`${row.name}\``,
      `\`${row.env}\``,
      expectation(row),
      row.default === null ? "" : `\`${row.default}\``,
      row.about,
    ]),
  );
});
