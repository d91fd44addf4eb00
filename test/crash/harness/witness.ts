import { existsSync, readFileSync } from "node:fs";
import type { Line } from "../program/side.ts";

/** What one process did, as its side file tells. */
export interface Execution {
  readonly pid: number;
  readonly lines: readonly Exclude<Line, { at: "begin" }>[];
}

export function readWitness(path: string): Execution[] {
  const executions: { pid: number; lines: Exclude<Line, { at: "begin" }>[] }[] = [];
  if (!existsSync(path)) return executions;
  for (const text of readFileSync(path, "utf8").split("\n")) {
    if (text === "") continue;
    const line = JSON.parse(text) as Line;
    if (line.at === "begin") executions.push({ pid: line.pid, lines: [] });
    else executions.at(-1)?.lines.push(line);
  }
  return executions;
}
