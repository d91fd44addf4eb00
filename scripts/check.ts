import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { purityViolations } from "./check-core-purity.ts";
import { fileLengths } from "./check-file-length.ts";
import { lockfileViolations } from "./check-lockfile.ts";
import { roomViolations } from "./check-rooms.ts";
import { toolCommands } from "./tools.ts";
import { describeViolation, type Violation } from "./violation.ts";

/**
 * `npm run check`: runs every check, also after one failed, and ends with a line for each.
 * `npm run check -- lint rooms` runs only those.
 */

interface Outcome {
  readonly passed: boolean;
  /** What is wrong, or what was noticed and let pass. */
  readonly details: string;
}

const MOST_LINES = 60;
// npm runs a script in the package's folder; the tests of this file run it in another one.
const ROOT = process.cwd();

const checks: Readonly<Record<string, () => Outcome>> = {
  format: () => run("format"),
  types: () => run("types"),
  lint: () => run("lint"),
  rooms: () => judge(roomViolations(ROOT)),
  purity: () => judge(purityViolations(ROOT)),
  length: () => {
    const { violations, warnings } = fileLengths(ROOT);
    return judge(violations, warnings);
  },
  "dead code": () => all(run("unused"), run("unused in production")),
  duplicates: () => run("duplicates"),
  lockfile: () => judge(lockfileViolations(ROOT)),
};

main(process.argv.slice(2));

function main(asked: readonly string[]): void {
  const unknown = asked.filter((name) => !(name in checks));
  if (unknown.length > 0) {
    console.error(`No check is called ${unknown.join(", ")}. There are: ${Object.keys(checks).join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  const chosen = Object.entries(checks).filter(([name]) => asked.length === 0 || asked.includes(name));
  const verdicts = chosen.map(([name, check]) => {
    const started = performance.now();
    const outcome = attempt(check);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${outcome.passed ? "ok  " : "FAIL"}  ${name.padEnd(12)}${seconds.padStart(5)} s`);
    return { name, ...outcome };
  });
  for (const { name, passed, details } of verdicts) {
    if (details === "") continue;
    const shown = verdicts.length === 1 ? details : shorten(details, `npm run check -- "${name}"`);
    console.log(`\n${passed ? "Noticed by" : "Refused by"} ${name}:\n${shown}`);
  }
  const failed = verdicts.filter(({ passed }) => !passed).map(({ name }) => name);
  console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${failed.join(", ")}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** One type error can bring hundreds of others; their first lines are enough to start with. */
function shorten(details: string, commandForAll: string): string {
  const lines = details.split("\n");
  if (lines.length <= MOST_LINES) return details;
  return [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines: ${commandForAll}`].join(
    "\n",
  );
}

/** A check that cannot do its work has not passed, and must not keep the others from running. */
function attempt(check: () => Outcome): Outcome {
  try {
    return check();
  } catch (error) {
    return {
      passed: false,
      details: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

function run(tool: keyof typeof toolCommands): Outcome {
  const [command, ...rest] = toolCommands[tool];
  const child = spawnSync(join(ROOT, "node_modules", ".bin", command), rest, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  if (child.error !== undefined) throw child.error;
  const passed = child.status === 0;
  return { passed, details: passed ? "" : `${child.stdout}${child.stderr}`.trim() };
}

function judge(violations: readonly Violation[], warnings: readonly Violation[] = []): Outcome {
  const noticed = violations.length > 0 ? violations : warnings;
  return { passed: violations.length === 0, details: noticed.map(describeViolation).join("\n") };
}

function all(...outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.every(({ passed }) => passed),
    details: outcomes
      .map(({ details }) => details)
      .filter((details) => details !== "")
      .join("\n"),
  };
}
