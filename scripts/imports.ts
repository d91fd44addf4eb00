import { isNode, nameOf, stringOf, visit, type Syntax, type SyntaxNode } from "./syntax.ts";

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/**
 * Every way in which a module can name another one: static and dynamic imports, re-exports, types by
 * `import("…")`, and the paths given to `new URL(…, import.meta.url)` and `import.meta.resolve(…)`,
 * by which a module starts another in a worker thread.
 */
export function importsOf({ program, lineOf }: Syntax): Import[] {
  const found: Import[] = [];
  visit(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push({ specifier, line: lineOf(node.start) });
  });
  return found;
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return stringOf(node["source"]);
    case "NewExpression":
      return nameOf(node["callee"]) === "URL" && isImportMeta(argument(node, 1), "url")
        ? stringOf(argument(node, 0))
        : undefined;
    case "CallExpression":
      return isImportMeta(node["callee"], "resolve") ? stringOf(argument(node, 0)) : undefined;
    default:
      return undefined;
  }
}

function argument(call: SyntaxNode, index: number): unknown {
  const given = call["arguments"];
  return Array.isArray(given) ? given[index] : undefined;
}

function isImportMeta(node: unknown, property: string): boolean {
  if (!isNode(node) || node.type !== "MemberExpression") return false;
  const { object } = node;
  return isNode(object) && object.type === "MetaProperty" && nameOf(node["property"]) === property;
}
