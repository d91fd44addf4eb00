import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

const SKIPPED = new Set(["node_modules", "dist", "coverage", "data"]);

/** Paths of all TypeScript files under `folders`, relative to `root`, with forward slashes, sorted. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => walk(join(root, folder), root)).toSorted();
}

/** A file that the package does not ship. */
export function isTest(path: string): boolean {
  return /\.(test|test-d|bench)\.ts$/.test(path) || path.includes("/fixtures/");
}

function walk(folder: string, root: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return SKIPPED.has(entry.name) || entry.name.startsWith(".") ? [] : walk(path, root);
    return /\.[cm]?tsx?$/.test(entry.name) ? [relative(root, path).split(sep).join("/")] : [];
  });
}
