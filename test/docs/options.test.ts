import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { readText } from "./project.ts";

test.for([
  ["TaskOptions", "src/flow/options.ts", "docs/tasks.md"],
  ["FlowOptions", "src/flow/options.ts", "docs/flows.md"],
  ["RunOptions", "src/flow/flow.ts", "docs/flows.md"],
] as const)("%s of %s are all in a table of %s, and no others", ([type, source, page]) => {
  const members = membersOf(type, source);
  expect(members.length).toBeGreaterThan(4);
  const tables = tablesOf(readText(page));
  // The table of a type is the one that tells the most of its members.
  const [best] = tables.toSorted((a, b) => shared(b, members) - shared(a, members));
  expect(best?.toSorted()).toEqual(members.toSorted());
});

function membersOf(type: string, source: string): string[] {
  for (const node of parseSync(source, readText(source)).program.body) {
    const declared = node.type === "ExportNamedDeclaration" ? node.declaration : null;
    if (declared?.type !== "TSInterfaceDeclaration" || declared.id.name !== type) continue;
    return declared.body.body.flatMap((member) =>
      member.type === "TSPropertySignature" && member.key.type === "Identifier" ? [member.key.name] : [],
    );
  }
  throw new Error(`${source} declares no ${type}`);
}

/** The names in the first column of each table. */
function tablesOf(page: string): string[][] {
  return page
    .split(/\n(?!\|)/)
    .map((block) => [...block.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name = ""]) => name))
    .filter((names) => names.length > 0);
}

function shared(names: readonly string[], members: readonly string[]): number {
  return names.filter((name) => members.includes(name)).length;
}
