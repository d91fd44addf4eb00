import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, linksOf } from "./markdown.ts";
import { pages, readText, ROOT } from "./project.ts";

test.for(pages())("every link of %s leads somewhere", (page) => {
  const dead = linksOf(readText(page))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .filter(({ target }) => !leadsSomewhere(page, target));
  expect(dead.map(({ target, line }) => `${page}:${line}: ${target}`)).toEqual([]);
});

test("every page of docs/ can be reached from its index", () => {
  const reached = new Set(["docs/README.md", ...linkedFrom("docs/README.md")]);
  // A folder's own index leads on.
  for (const page of reached)
    if (page.endsWith("/README.md"))
      for (const next of linkedFrom(page)) if (existsSync(join(ROOT, next))) reached.add(next);
  const missing = pages().filter((page) => page.startsWith("docs/") && !reached.has(page));
  expect(missing).toEqual([]);
});

function linkedFrom(page: string): string[] {
  return linksOf(readText(page)).map(({ target }) => normalize(join(dirname(page), target)));
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || (file.endsWith(".md") && anchorsOf(readText(file)).has(anchor));
}
