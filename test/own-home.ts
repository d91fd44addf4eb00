import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Every test file gets a store of its own; a test may still point SEGNO_HOME elsewhere.
process.env["SEGNO_HOME"] = mkdtempSync(join(process.env["SEGNO_TEST_ROOT"] ?? tmpdir(), "home-"));
// A test that provokes failures is not to fill the screen with them; one about printing says so itself.
process.env["SEGNO_LOGGING_PRINT"] ??= "never";
