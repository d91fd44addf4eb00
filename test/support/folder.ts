import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder that goes away when the whole test run ends. */
export function newFolder(prefix = "t-"): string {
  return mkdtempSync(join(process.env["SEGNO_TEST_ROOT"] ?? tmpdir(), prefix));
}
