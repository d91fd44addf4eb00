import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `strip` before packing, `restore` after it: the published package.json has no `development`
 * export. In this repository that condition leads to the sources; in a user's project bundlers and
 * test runners set it too, and Node does not load TypeScript from node_modules.
 */

const MANIFEST = join(process.cwd(), "package.json");
const KEPT = `${MANIFEST}.kept`;

const [action] = process.argv.slice(2);
if (action === "strip") strip();
else if (action === "restore") renameSync(KEPT, MANIFEST);
else throw new Error(`publish-manifest takes strip or restore, not ${action ?? "nothing"}`);

function strip(): void {
  const manifest = JSON.parse(readFileSync(MANIFEST, "utf8")) as { exports: Record<string, unknown> };
  copyFileSync(MANIFEST, KEPT);
  const exports = withoutDevelopment(manifest.exports);
  writeFileSync(MANIFEST, `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`);
}

function withoutDevelopment(conditions: unknown): unknown {
  if (typeof conditions !== "object" || conditions === null) return conditions;
  const kept = Object.entries(conditions).filter(([name]) => name !== "development");
  return Object.fromEntries(kept.map(([name, target]) => [name, withoutDevelopment(target)]));
}
