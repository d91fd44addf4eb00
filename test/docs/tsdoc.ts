import { dirname, join, normalize } from "node:path";
import { type Comment, type Program, parseSync } from "oxc-parser";
import type { Example } from "./markdown.ts";
import { readText } from "./project.ts";

/** A name that `segno` exports, and where it is declared. */
export interface PublicName {
  readonly name: string;
  readonly file: string;
  /** A type is there for the compiler alone; a value can be called, and so has an example. */
  readonly kind: "type" | "value";
  /** The comment above it; null when there is none. */
  readonly comment: string | null;
}

interface Declared {
  readonly kind: PublicName["kind"];
  readonly comment: string | null;
}

interface Module {
  readonly text: string;
  readonly comments: readonly Comment[];
  readonly declared: ReadonlyMap<string, Declared>;
  readonly reexported: readonly { readonly name: string; readonly as: string; readonly from: string }[];
  readonly all: readonly string[];
}

const modules = new Map<string, Module>();

/** What an entry of the package exports, through however many files. */
export function publicNames(entry: string): PublicName[] {
  const { reexported, all, declared } = moduleOf(entry);
  const own = [...declared].map(([name, one]) => ({ name, file: entry, ...one }));
  const named = reexported.map(({ name, as, from }) => {
    const found = publicNames(from).find((one) => one.name === name);
    if (found === undefined) throw new Error(`${from} exports no ${name}`);
    return { ...found, name: as };
  });
  return [...own, ...named, ...all.flatMap((from) => publicNames(from))];
}

/** The names of values that a file itself declares and exports. */
export function exportedValues(file: string): string[] {
  return [...moduleOf(file).declared].filter(([, { kind }]) => kind === "value").map(([name]) => name);
}

/** The `@example`s of all TSDoc in a source. */
export function examplesOf(file: string): Example[] {
  const { text, comments } = moduleOf(file);
  return comments.flatMap((comment) => {
    if (comment.type !== "Block" || !comment.value.startsWith("*")) return [];
    const first = text.slice(0, comment.start).split("\n").length;
    return examplesIn(comment.value).map(({ code, line }) => ({
      file,
      line: first + line,
      code,
      run: false,
    }));
  });
}

function examplesIn(comment: string): { code: string; line: number }[] {
  const found: { code: string[]; line: number }[] = [];
  let inside = false;
  for (const [index, raw] of comment.split("\n").entries()) {
    const line = raw.replace(/^\s*\*? ?/, "");
    if (line.startsWith("@")) {
      inside = line.startsWith("@example");
      if (inside) found.push({ code: [], line: index + 1 });
    } else if (inside) found.at(-1)?.code.push(line);
  }
  return found.map(({ code, line }) => ({ line, code: code.join("\n").trimEnd() }));
}

function moduleOf(file: string): Module {
  let known = modules.get(file);
  if (known === undefined) modules.set(file, (known = readModule(file)));
  return known;
}

function readModule(file: string): Module {
  const text = readText(file);
  const { program, comments, errors } = parseSync(file, text);
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`);
  const declared = new Map<string, Declared>();
  const reexported: { name: string; as: string; from: string }[] = [];
  const all: string[] = [];
  for (const node of program.body) {
    if (node.type === "ExportAllDeclaration") all.push(resolved(file, node.source.value));
    if (node.type !== "ExportNamedDeclaration") continue;
    for (const { name, kind } of declarationsOf(node.declaration)) {
      // Of overloads the first one bears the comment.
      if (!declared.has(name))
        declared.set(name, { kind, comment: commentAbove(node.start, text, comments) });
    }
    const { source } = node;
    if (source === null) continue;
    for (const { local, exported } of node.specifiers) {
      if (local.type !== "Identifier" || exported.type !== "Identifier") continue;
      reexported.push({ name: local.name, as: exported.name, from: resolved(file, source.value) });
    }
  }
  return { text, comments, declared, reexported, all };
}

type Declaration = Extract<Program["body"][number], { type: "ExportNamedDeclaration" }>["declaration"];

function declarationsOf(node: Declaration): { name: string; kind: PublicName["kind"] }[] {
  switch (node?.type) {
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return [{ name: node.id.name, kind: "type" }];
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
      return node.id === null ? [] : [{ name: node.id.name, kind: "value" }];
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) =>
        id.type === "Identifier" ? [{ name: id.name, kind: "value" as const }] : [],
      );
    default:
      return [];
  }
}

function commentAbove(start: number, text: string, comments: readonly Comment[]): string | null {
  // A linter's directive may stand between the two.
  const above = comments.findLast(
    ({ type, end }) =>
      type === "Block" &&
      end <= start &&
      text
        .slice(end, start)
        .replaceAll(/^\s*\/\/.*$/gm, "")
        .trim() === "",
  );
  return above?.value.startsWith("*") === true ? above.value : null;
}

function resolved(from: string, source: string): string {
  return normalize(join(dirname(from), source));
}
