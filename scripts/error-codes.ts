import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTING_ROWS } from "../src/client/settings/table.ts";
import { isTest, sourceFiles } from "./source-files.ts";
import { isNode, nameOf, parse, type SyntaxNode, stringOf, visit } from "./syntax.ts";

/** One place in the sources that names an error code. */
export interface CodeUse {
  readonly code: string;
  readonly path: string;
  readonly line: number;
  /** The class in `new RefusedError({ code: … })`; undefined where the code is handed on first. */
  readonly class: string | undefined;
  /** Whether an error is made with it, rather than an error's code held against it. */
  readonly made: boolean;
}

const CODE = /^SEGNO_[A-Z0-9_]*[A-Z0-9]$/;
/** Environment variables look like codes. */
const VARIABLES: ReadonlySet<string> = new Set(["SEGNO_PROFILE", ...SETTING_ROWS.map((row) => row.env)]);
const CATALOGUE = "src/core/error-catalogue.ts";

/** Every error code that the shipped sources of `root` name, by place. */
export function errorCodes(root: string): CodeUse[] {
  return sourceFiles(root, ["src"])
    .filter((path) => !isTest(path) && path !== CATALOGUE)
    .flatMap((path) => codesIn(path, readFileSync(join(root, path), "utf8")));
}

/** Every error code in one file. */
export function codesIn(path: string, text: string): CodeUse[] {
  const { program, lineOf } = parse(path, text);
  const classes = new Map<unknown, string>();
  const found: CodeUse[] = [];
  visit(program, (node, parent) => {
    const thrown = thrownCode(node);
    if (thrown !== undefined) classes.set(thrown.literal, thrown.class);
    const code = node.type === "Literal" ? stringOf(node) : undefined;
    if (code === undefined || !CODE.test(code) || VARIABLES.has(code)) return;
    // env["SEGNO_…"]
    if (parent?.type === "MemberExpression") return;
    found.push({ code, path, line: lineOf(node.start), class: classes.get(node), made: !isCompared(parent) });
  });
  return found;
}

/** `code === "…"`, or one of a list of codes. */
function isCompared(parent: SyntaxNode | undefined): boolean {
  return parent?.type === "BinaryExpression" || parent?.type === "ArrayExpression";
}

/** The literal in `new SomeError({ code: "…" })`, and the class. */
function thrownCode(node: SyntaxNode): { literal: unknown; class: string } | undefined {
  if (node.type !== "NewExpression" || !Array.isArray(node["arguments"])) return undefined;
  const name = nameOf(node["callee"]);
  const init: unknown = node["arguments"][0];
  if (name === undefined || !isNode(init) || !Array.isArray(init["properties"])) return undefined;
  for (const property of init["properties"]) {
    if (isNode(property) && nameOf(property["key"]) === "code")
      return { literal: property["value"], class: name };
  }
  return undefined;
}
