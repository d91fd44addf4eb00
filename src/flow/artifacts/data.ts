import { RefusedError } from "../../core/errors.ts";
import { showValue } from "../../core/value-kind.ts";

/** A row of a table, by column name. */
export type TableRow = object;
/** A table by rows, or by columns of one length. */
export type Table = readonly TableRow[] | Readonly<Record<string, readonly unknown[]>>;

/** A table as rows. */
export function tableRows(table: unknown): readonly TableRow[] {
  if (Array.isArray(table)) {
    const odd = table.findIndex((row) => typeof row !== "object" || row === null || Array.isArray(row));
    if (odd === -1) return table as readonly TableRow[];
    throw invalidArtifact(
      `row ${odd} of the table is ${showValue(table[odd])}; expected an object, by column name`,
    );
  }
  if (typeof table !== "object" || table === null) {
    throw invalidArtifact(`a table is an array of objects, or an object of columns; got ${showValue(table)}`);
  }
  const columns = Object.entries(table);
  const odd = columns.find(([, column]) => !Array.isArray(column));
  if (odd !== undefined)
    throw invalidArtifact(`column "${odd[0]}" is ${showValue(odd[1])}; expected an array`);
  return rowsOf(columns as [string, unknown[]][]);
}

function rowsOf(columns: readonly [name: string, values: readonly unknown[]][]): TableRow[] {
  const length = columns[0]?.[1].length ?? 0;
  const odd = columns.find(([, values]) => values.length !== length);
  if (odd !== undefined) {
    throw invalidArtifact(
      `columns have different lengths: "${columns[0]?.[0]}" has ${length} values, "${odd[0]}" has ${odd[1].length}`,
    );
  }
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])),
  );
}

export function textOf(value: unknown, option: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalidArtifact(
    `\`${option}\` must be text; got ${value === "" ? "an empty one" : showValue(value)}`,
  );
}

/** Percent. */
export function progressOf(value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 100) return value;
  throw invalidArtifact(`\`progress\` must be a number from 0 to 100; got ${showValue(value)}`);
}

export function invalidArtifact(message: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_ARTIFACT",
    message: `An artifact was refused: ${message}.`,
    help: "Give what people should read: text, rows of plain values, a link, or a percentage.",
  });
}

/** @throws RefusedError unless what an artifact is to be made of is an object. */
export function checkGiven(given: unknown, what: string): void {
  if (typeof given === "object" && given !== null) return;
  throw invalidArtifact(`expected an object with \`${what}\`; got ${showValue(given)}`);
}
