import { plain, print } from "./print.ts";
import { out, type Paint } from "./style.ts";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row) => Paint;
  readonly align?: "right";
  /** Cut when the terminal is too narrow; the others never are. */
  readonly flexible?: boolean;
}

const GAP = "  ";
const NARROWEST = 8;

/** Prints rows in aligned columns; `width` is where a terminal's lines end, without one nothing is cut. */
export function printTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | undefined = process.stdout.columns,
): void {
  for (const line of tableLines(columns, rows, width)) print(line);
}

/** @internal */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | undefined,
): readonly string[] {
  // A column that is empty in every row says nothing.
  const cells = columns.map((column) => rows.map((row) => plain(column.text(row))));
  const shown = columns.flatMap((column, index) => {
    const texts = cells[index] ?? [];
    return texts.some((text) => text !== "") || rows.length === 0 ? [{ column, texts }] : [];
  });
  const widths = shown.map(({ column, texts }) => Math.max(column.title.length, ...texts.map(lengthOf)));
  shrink(
    widths,
    shown.map(({ column }) => column.flexible === true),
    width,
  );

  const line = (
    cell: (index: number) => { readonly text: string; readonly paint: Paint | undefined },
  ): string =>
    shown
      .map(({ column }, index) => {
        const { text, paint } = cell(index);
        const cut = fit(text, widths[index] ?? 0);
        const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cut)));
        const painted = paint === undefined ? cut : paint(cut);
        return column.align === "right" ? space + painted : painted + space;
      })
      .join(GAP)
      .trimEnd();

  return [
    line((index) => ({ text: shown[index]?.column.title ?? "", paint: out.dim })),
    ...rows.map((row, at) =>
      line((index) => ({ text: shown[index]?.texts[at] ?? "", paint: shown[index]?.column.paint?.(row) })),
    ),
  ];
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function fit(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** Takes what is missing from the flexible columns, the widest first. */
function shrink(widths: number[], flexible: readonly boolean[], width: number | undefined): void {
  if (width === undefined) return;
  let over = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1) - width;
  while (over > 0) {
    let widest = -1;
    for (const [index, each] of widths.entries()) {
      if (flexible[index] === true && each > NARROWEST && each > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over--;
  }
}
