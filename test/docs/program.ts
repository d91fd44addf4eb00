import { parseSync } from "oxc-parser";
import type { Example } from "./markdown.ts";
import { preambleOf } from "./preambles.ts";
import { ROOT } from "./project.ts";
import { exportedValues } from "./tsdoc.ts";

/** An example as a module of its own. */
export interface ExampleProgram {
  readonly example: Example;
  readonly text: string;
  /** The line of the module in which the example's first line stands, from 1. */
  readonly firstLine: number;
  readonly runnable: boolean;
}

/** What `segno` exports, as an import of it names them. */
export type Exported = ReadonlyMap<string, "type" | "value">;

interface Claim {
  readonly start: number;
  readonly end: number;
  readonly expected: string;
}

const IMPORT = /^import\s[^;]*;[^\n]*$/gm;
const WORD = /[A-Za-z_$][\w$]*/g;

/**
 * Makes a module of an example: names of the package that it uses imported, names that it takes for
 * granted declared, and its code in a block, so that its own names go before those.
 *
 * An expression with a value behind it, `parseDuration("1m"); // 60_000`, is a claim. An example in a
 * comment that makes one is run, and so is a block marked `ts run`; then the claims must hold.
 *
 * @param exported the names that `segno` exports.
 */
export function programOf(example: Example, exported: Exported): ExampleProgram {
  const { file, code } = example;
  const imports = [...code.matchAll(IMPORT)].map(([line]) => line).filter((line) => !/"\.{1,2}\//.test(line));
  // Spaces stand where something stood, so that lines and columns stay.
  const rest = code
    .replaceAll(IMPORT, (text) => text.replaceAll(/[^\n]/g, " "))
    .replaceAll(/^export (?=[a-z])/gm, "       ");
  const claims = claimsOf(rest);
  const fromSource = file.endsWith(".ts");
  const runnable = example.run || (fromSource && claims.length > 0);
  const used = new Set(rest.match(WORD));
  const imported = new Set(imports.join("\n").match(WORD));
  const preamble = example.run ? "" : preambleOf(file, `${ROOT}src`);
  const declared = new Set([...preamble.matchAll(/(?:const|interface) (\w+)/g)].map(([, name]) => name));
  const wanted = (name: string) => used.has(name) && !imported.has(name) && !declared.has(name);
  const segno = [...exported].filter(([name]) => wanted(name));
  const own = fromSource ? exportedValues(file).filter((name) => wanted(name) && !exported.has(name)) : [];
  const head = [
    segno.length === 0
      ? ""
      : `import { ${segno.map(([name, kind]) => (kind === "type" ? `type ${name}` : name)).join(", ")} } from "segno";`,
    own.length === 0 ? "" : `import { ${own.join(", ")} } from ${JSON.stringify(`${ROOT}${file}`)};`,
    runnable ? 'import { deepStrictEqual as claimed$ } from "node:assert";' : "",
    ...imports,
    preamble,
    "export {};",
    "{",
  ].join("\n");
  const body = runnable ? withClaims(rest, claims) : rest;
  return { example, runnable, text: `${head}\n${body}\n}\n`, firstLine: head.split("\n").length + 1 };
}

function claimsOf(code: string): Claim[] {
  const { program, comments, errors } = parseSync("example.ts", code);
  // The compiler says so better, and with the line.
  if (errors.length > 0) return [];
  return program.body.flatMap((node) => {
    if (node.type !== "ExpressionStatement") return [];
    const behind = comments.find(
      ({ type, start }) => type === "Line" && start >= node.end && /^ *$/.test(code.slice(node.end, start)),
    );
    const expected = behind?.value.trim() ?? "";
    if (!isValue(expected)) return [];
    const { start, end } = node.expression;
    return [{ start, end, expected }];
  });
}

/** Whether a text is a value written out, such as `5_400_000`, `"3m 4s"` or `{ done: 1 }`. */
function isValue(text: string): boolean {
  if (!/^(?:-?\d[\d_]*n?(?:\.\d+)?|".*"|true|false|null|undefined|\[.*\]|\{.*\})$/.test(text)) return false;
  return parseSync("value.ts", `void (${text});`).errors.length === 0;
}

function withClaims(code: string, claims: readonly Claim[]): string {
  let text = code;
  for (const { start, end, expected } of claims.toReversed()) {
    text = `${text.slice(0, start)}claimed$(${text.slice(start, end)}, ${expected})${text.slice(end)}`;
  }
  return text;
}
