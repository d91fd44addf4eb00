import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { importsOf } from "./imports.ts";
import { isTest, sourceFiles } from "./source-files.ts";
import { isNode, nameOf, parse, visit, type SyntaxNode } from "./syntax.ts";
import type { Violation } from "./violation.ts";

/** Globals through which the world outside reaches a function that does not take it as an argument. */
const WORLD = new Set([
  "console",
  "crypto",
  "fetch",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);
const WORLDLY_MEMBERS = new Set(["Date.now", "Math.random", "AbortSignal.timeout", "Temporal.Now"]);

/** Finds I/O, clocks and randomness in `src/core` of `root`; its tests may use them. */
export function purityViolations(root: string): Violation[] {
  return sourceFiles(root, ["src/core"])
    .filter((path) => !isTest(path))
    .flatMap((path) => impureIn(path, readFileSync(join(root, path), "utf8")));
}

function impureIn(path: string, text: string): Violation[] {
  const syntax = parse(path, text);
  const found: Violation[] = importsOf(syntax)
    .filter(({ specifier }) => isBuiltin(specifier))
    .map(({ specifier, line }) => ({ path, line, message: `imports ${specifier}: core does no I/O` }));
  const declared = declaredNames(syntax.program);
  visit(syntax.program, (node, parent) => {
    const use = worldlyUse(node, parent, declared);
    if (use === undefined) return;
    const message = `uses ${use}: core has no clock, randomness or I/O of its own; take the value as an argument`;
    found.push({ path, line: syntax.lineOf(node.start), message });
  });
  return found;
}

function worldlyUse(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  declared: ReadonlySet<string>,
): string | undefined {
  if (node.type === "MemberExpression") {
    const member = `${nameOf(node["object"])}.${nameOf(node["property"])}`;
    return WORLDLY_MEMBERS.has(member) ? member : undefined;
  }
  if (node.type === "NewExpression" || node.type === "CallExpression") {
    const given = node["arguments"];
    if (nameOf(node["callee"]) !== "Date" || !Array.isArray(given) || given.length > 0) return undefined;
    return node.type === "NewExpression" ? "new Date()" : "Date()";
  }
  const name = nameOf(node);
  if (name === undefined || !WORLD.has(name) || declared.has(name)) return undefined;
  return isReference(node, parent) ? name : undefined;
}

/** Whether the name stands for a value, and not for a property, a key or part of a type. */
function isReference(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent.type.startsWith("TS")) return false;
  if (parent.type === "MemberExpression") return parent["object"] === node || parent["computed"] === true;
  if ("key" in parent && parent["key"] === node) return parent["computed"] === true;
  return !parent.type.startsWith("Import") && !parent.type.startsWith("Export");
}

/**
 * Names that the file binds anywhere. Scopes are not told apart: a file that calls a parameter
 * `process` and reads the global too would be passed over, which no file has a reason to do.
 */
function declaredNames(program: SyntaxNode): Set<string> {
  const names = new Set<string>();
  visit(program, (node) => {
    const functionParameters = Array.isArray(node["params"]) ? node["params"] : [];
    const bound =
      node.type === "VariableDeclarator" ||
      node.type === "FunctionDeclaration" ||
      node.type === "ClassDeclaration"
        ? [node["id"]]
        : node.type === "CatchClause"
          ? [node["param"]]
          : node.type.startsWith("Import") && "local" in node
            ? [node["local"]]
            : functionParameters;
    for (const pattern of bound) collectBinding(pattern, names);
  });
  return names;
}

function collectBinding(pattern: unknown, names: Set<string>): void {
  if (!isNode(pattern)) return;
  const name = nameOf(pattern);
  if (name !== undefined) {
    names.add(name);
    return;
  }
  const parts = [
    pattern["left"],
    pattern["argument"],
    pattern["value"],
    pattern["properties"],
    pattern["elements"],
  ];
  for (const part of parts.flat()) collectBinding(part, names);
}
