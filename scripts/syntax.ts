import { parseSync } from "oxc-parser";

/** A node of the ESTree that oxc gives, as loose as the walk over it needs. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export interface Syntax {
  readonly program: SyntaxNode;
  /** 1-based line of an offset. */
  readonly lineOf: (offset: number) => number;
}

/** @throws {Error} when the text is not TypeScript; the message names the file. */
export function parse(path: string, text: string): Syntax {
  const { program, errors } = parseSync(path, text, { lang: "ts", sourceType: "module" });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  if (!isNode(program)) throw new Error(`${path}: the parser gave no program`);
  return { program, lineOf: (offset) => text.slice(0, offset).split("\n").length };
}

/** Visits every node below `node`, parents first. */
export function visit(
  node: SyntaxNode,
  seen: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
): void {
  descend(node, undefined, seen);
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** The text of a string literal, or undefined for anything else. */
export function stringOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  return node.type === "TSLiteralType" ? stringOf(node["literal"]) : undefined;
}

/** The name of an identifier, or undefined for anything else. */
export function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === "Identifier" && typeof node["name"] === "string"
    ? node["name"]
    : undefined;
}

function descend(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  seen: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
): void {
  seen(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) descend(child, node, seen);
    }
  }
}
