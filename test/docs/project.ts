import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The pages that people read: README and all of docs/, as paths from the project's folder. */
export function pages(): string[] {
  return ["README.md", ...filesIn("docs", ".md")];
}

/** The sources that TSDoc is read from. */
export function sources(): string[] {
  return filesIn("src", ".ts").filter((path) => !/\.test(-d)?\.ts$|\/fixtures\//.test(path));
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}
