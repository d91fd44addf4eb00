import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles } from "./source-files.ts";
import type { Violation } from "./violation.ts";

/** Past this a file is surely several concepts; the check fails. */
const MOST = 600;
/** Past this it probably is; the check says so and passes. */
const MUCH = 400;

export interface FileLengths {
  readonly violations: Violation[];
  readonly warnings: Violation[];
}

export function fileLengths(root: string): FileLengths {
  const lengths = sourceFiles(root, ["src", "test", "examples", "bench", "scripts"]).map((path) => ({
    path,
    lines: readFileSync(join(root, path), "utf8").trimEnd().split("\n").length,
  }));
  return {
    violations: lengths
      .filter(({ lines }) => lines > MOST)
      .map(({ path, lines }) => ({ path, message: `${lines} lines; at most ${MOST}. Split it by concept` })),
    warnings: lengths
      .filter(({ lines }) => lines > MUCH && lines <= MOST)
      .map(({ path, lines }) => ({
        path,
        message: `${lines} lines; past ${MUCH} a file is usually two concepts`,
      })),
  };
}
