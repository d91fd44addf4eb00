import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Makes a folder with these files, for a test of a check; it goes with the test run's own folder. */
export function scratchProject(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(process.env["SEGNO_TEST_ROOT"] ?? tmpdir(), "project-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
