import { styleText } from "node:util";
import type { Frame } from "../context.ts";
import { LEVELS, levelName } from "./levels.ts";

type Style = Parameters<typeof styleText>[0];

/**
 * Prints a run's line to stderr: stdout is the program's own.
 *
 *     12:01:02.345 | INFO    | flow run 'amber-fox' - Finished in state Completed
 *
 * `styleText` of Node and not a package for colours: it asks the stream it prints to, and `NO_COLOR`.
 */
export function printLine(frame: Frame, level: number, message: string): void {
  if (!wanted(frame, level)) return;
  const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stderr });
  const at = paint("dim", timeOfDay(new Date()));
  const name = paint(styleOf(level), levelName(level).padEnd(8));
  process.stderr.write(`${at} | ${name}| ${subject(frame)} - ${message}\n`);
}

function wanted(frame: Frame, level: number): boolean {
  switch (frame.session.control.settings.logging.print) {
    case "always":
      return true;
    case "never":
      return false;
    case "auto":
      return level >= (process.stderr.isTTY ? LEVELS.info : LEVELS.warning);
  }
}

function subject({ flow, task }: Frame): string {
  if (task !== null) return `task run '${task.entry.name}'`;
  return flow === null ? "segno" : `flow run '${flow.run.name}'`;
}

function styleOf(level: number): Style {
  if (level >= LEVELS.error) return "red";
  if (level >= LEVELS.warning) return "yellow";
  return level >= LEVELS.info ? "cyan" : "dim";
}

function timeOfDay(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const ms = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}
