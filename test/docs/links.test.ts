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
  const reached = new Set(
    linksOf(readText("docs/README.md")).map(({ target }) => normalize(join("docs", target))),
  );
  const missing = pages().filter(
    (page) => page.startsWith("docs/") && page !== "docs/README.md" && !reached.has(page),
  );
  expect(missing).toEqual([]);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || (file.endsWith(".md") && anchorsOf(readText(file)).has(anchor));
}
