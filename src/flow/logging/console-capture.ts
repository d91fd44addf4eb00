import { format } from "node:util";
import { currentFrame } from "../context.ts";
import { LEVELS } from "./levels.ts";
import { keepLine } from "./log.ts";
import { wasWritten } from "./logger.ts";

const METHODS = {
  log: LEVELS.info,
  info: LEVELS.info,
  debug: LEVELS.debug,
  warn: LEVELS.warning,
  error: LEVELS.error,
  trace: LEVELS.debug,
} as const;

/** On the console itself, so that a second copy of this module does not patch it again. */
const CAPTURED = Symbol.for("segno.console.v1");

/**
 * From now on, what `console` prints inside a run with `logPrints` becomes a line of that run, and is
 * printed still. Elsewhere the console does what it did.
 */
export function captureConsole(): void {
  const patched = console as Console & { [CAPTURED]?: true };
  if (patched[CAPTURED] === true) return;
  patched[CAPTURED] = true;
  for (const [method, level] of Object.entries(METHODS)) capture(method as keyof typeof METHODS, level);
}

function capture(method: keyof typeof METHODS, level: number): void {
  const print = console[method].bind(console);
  const captured = (...args: unknown[]): void => {
    const frame = currentFrame();
    if (frame?.logPrints !== true) {
      print(...args);
      return;
    }
    if (wasWritten(frame)) return;
    const text = method === "trace" ? traceText(args, captured) : format(...args);
    keepLine(frame, level, text, "segno.prints");
    print(...args);
  };
  console[method] = captured;
}

function traceText(args: readonly unknown[], below: (...args: unknown[]) => void): string {
  const trace = { name: "Trace", message: format(...args), stack: "" };
  Error.captureStackTrace(trace, below);
  return trace.stack;
}
