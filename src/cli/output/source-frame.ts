import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { note } from "./print.ts";
import { err, type out } from "./style.ts";

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const OWN = fileURLToPath(new URL("../../", import.meta.url));

/** The place at the end of a stack's line: `at f (/a b.ts:1:2)`, `at file:///a.ts:1:2`, `at C:\\a.ts:1:2`. */
const FRAME = /(?:^|[\s(])((?:file:\/\/)?\/[^()]*|(?:file:\/\/\/)?[A-Za-z]:[\\/][^()]*):(\d+):(\d+)\)?$/;

/** Where in the user's own code an error was thrown: not in Node, in a package, or in Segno. */
export function userPlace(error: unknown): SourcePlace | null {
  const stack = error instanceof Error ? error.stack : undefined;
  for (const line of (stack ?? "").split("\n")) {
    const match = FRAME.exec(line.trim());
    if (match?.[1] === undefined) continue;
    const file = toPath(match[1]);
    if (/[\\/]node_modules[\\/]/.test(file)) continue;
    if (file.startsWith(OWN) && !/[\\/]fixtures[\\/]/.test(file)) continue;
    return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return null;
}

/** `src/ingest.ts:12:9`, from where the command was called. */
export function showPlace({ file, line, column }: SourcePlace): string {
  const near = relative(process.cwd(), file);
  return `${near.startsWith("..") ? file : near}:${line}:${column}`;
}

/**
 * The line with its neighbours and a mark under the column; nothing if the file cannot be read.
 * @internal
 */
export function sourceFrame(place: SourcePlace, colors: typeof out = err): readonly string[] {
  let lines: readonly string[];
  try {
    lines = readFileSync(place.file, "utf8").split("\n");
  } catch {
    return [];
  }
  if (place.line > lines.length) return [];
  const first = Math.max(1, place.line - 1);
  const last = Math.min(lines.length, place.line + 1);
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = `${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`.trimEnd();
    frame.push(number === place.line ? `${colors.red(">")} ${text}` : colors.dim(`  ${text}`));
    if (number === place.line)
      frame.push(`  ${" ".repeat(width)} | ${" ".repeat(place.column - 1)}${colors.red("^")}`);
  }
  return frame;
}

/** Says on stderr where in the user's code an error was thrown, with the line. */
export function noteUserPlace(error: unknown): void {
  const place = userPlace(error);
  if (place === null) return;
  note(`\n  ${err.cyan(showPlace(place))}`);
  for (const line of sourceFrame(place)) note(`  ${line}`);
}

function toPath(place: string): string {
  try {
    // A loader may add a query to tell versions of a module apart.
    return place.startsWith("file://") ? fileURLToPath(place.replace(/\?.*$/, "")) : place;
  } catch {
    return place;
  }
}
