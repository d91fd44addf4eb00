import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Runs once before all test files: brings `dist/` up to date, because the command-line and crash
 * tests start real `node dist/…` processes, and makes the folder that holds every test's data.
 */
export default function setup(): () => void {
  buildDist();
  const root = mkdtempSync(join(tmpdir(), "segno-test-"));
  process.env["SEGNO_TEST_ROOT"] = root;
  // Removed here and not by each test: a process that a test kills cannot clean up after itself.
  return () => {
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
}

function buildDist(): void {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
    "bin",
    "tsc",
  );
  const build = spawnSync(process.execPath, [compiler, "-b", "tsconfig.build.json"], {
    cwd: dirname(import.meta.dirname),
    encoding: "utf8",
  });
  // A type error still emits, so the tests that do not meet it may run; `npm test` and
  // `npm run check` refuse it.
  if (build.status !== 0) console.warn(`dist/ was built with errors:\n${build.stdout}${build.stderr}`);
}
