import { newId, nowMicros } from "../../client/time.ts";
import type { Frame } from "../context.ts";
import { LEVELS } from "./levels.ts";
import { printLine } from "./print.ts";

/** Characters that one line keeps, as in Prefect; a row must not become a file. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Writes a line of a run: to the journal's queue, which nobody waits for, and to stderr as the
 * settings say.
 *
 * @param level Python's number; what lies under the setting `logging.level` is dropped.
 */
export function engineLog(frame: Frame, level: number, message: string, logger = "segno.flow_runs"): void {
  if (!counts(frame, level)) return;
  const text = cut(message);
  post(frame, level, text, logger);
  printLine(frame, level, text);
}

/** Keeps a line of a run without printing it: it was printed by who wrote it. */
export function keepLine(frame: Frame, level: number, message: string, logger: string): void {
  if (counts(frame, level)) post(frame, level, cut(message), logger);
}

function counts(frame: Frame, level: number): boolean {
  return level >= LEVELS[frame.session.control.settings.logging.level];
}

function post({ session, task }: Frame, level: number, message: string, logger: string): void {
  if (!session.control.settings.logging.toStore) return;
  const { flowRunId } = session;
  const taskRunId = task?.entry.id ?? null;
  session.post({
    op: "log",
    line: { id: newId(), at: nowMicros(), level, logger, message, flowRunId, taskRunId },
  });
}

function cut(message: string): string {
  const rest = message.length - MOST_CHARACTERS;
  if (rest <= 0) return message;
  return `${message.slice(0, MOST_CHARACTERS)}… (${rest} more characters were cut)`;
}
