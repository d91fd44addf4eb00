import { type Frame, requireFrame } from "../context.ts";
import { errorText, formatFacts, UNREADABLE } from "./facts.ts";
import { LEVELS } from "./levels.ts";
import { engineLog } from "./log.ts";

/** What goes with a message, written behind it as ` key=value`. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** Writes lines of the run that it was made in. */
export interface RunLogger {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  /** The same as `warn`, under Python's name. */
  warning(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
  critical(message: string, facts?: LogFacts): void;
  /** An error's line, with its stack below. */
  exception(message: string, error: unknown, facts?: LogFacts): void;
}

/**
 * The logger of the run that the calling code belongs to: the task's, in a task.
 *
 * Its lines are kept with the run, and printed to stderr as the setting `logging.print` says. Lines
 * that a flow's body wrote before a crash are not written again while it is replayed.
 *
 * @throws RefusedError `SEGNO_NO_RUN` outside a flow or task.
 * @example
 * getRunLogger().info("loaded", { path, chars: text.length }); // loaded path=a.txt chars=120
 */
export function getRunLogger(): RunLogger {
  return new FrameLogger(requireFrame("getRunLogger()"));
}

class FrameLogger implements RunLogger {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  debug(message: string, facts?: LogFacts): void {
    this.#log(LEVELS.debug, message, facts);
  }

  info(message: string, facts?: LogFacts): void {
    this.#log(LEVELS.info, message, facts);
  }

  warn(message: string, facts?: LogFacts): void {
    this.#log(LEVELS.warning, message, facts);
  }

  warning(message: string, facts?: LogFacts): void {
    this.#log(LEVELS.warning, message, facts);
  }

  error(message: string, facts?: LogFacts): void {
    this.#log(LEVELS.error, message, facts);
  }

  critical(message: string, facts?: LogFacts): void {
    this.#log(LEVELS.critical, message, facts);
  }

  exception(message: string, error: unknown, facts?: LogFacts): void {
    const stack = error instanceof Error ? (error.stack ?? errorText(error)) : textOf(error);
    this.#log(LEVELS.error, `${textOf(message)}${formatFacts(facts)}\n${stack}`, undefined);
  }

  #log(level: number, message: string, facts: LogFacts | undefined): void {
    const frame = this.#frame;
    if (wasWritten(frame)) return;
    const logger = frame.task === null ? "segno.flow_runs" : "segno.task_runs";
    engineLog(frame, level, `${textOf(message)}${formatFacts(facts)}`, logger);
  }
}

/** Whether the code that logs is a body being replayed: its lines are there already. */
export function wasWritten(frame: Frame): boolean {
  return frame.task === null && frame.scope.replaying;
}

/** Callers without types pass errors, too, whose properties must stay out of the line. */
function textOf(message: unknown): string {
  if (typeof message === "string") return message;
  try {
    return message instanceof Error ? errorText(message) : String(message);
  } catch {
    // A line of a log is not worth a run.
    return UNREADABLE;
  }
}
