import { createHash } from "node:crypto";
import { openSync, readFileSync, writeSync } from "node:fs";
import { getRunContext } from "segno";

/**
 * The witness beside the store: a file that every body appends to, one write a line, so that what a
 * killed process did is known whatever the store says.
 */
export type Line =
  /** A process begins. */
  | { readonly at: "begin"; readonly pid: number }
  /** The body of a task, or of a hook, begins. `key` names one piece of work in the whole flow. */
  | { readonly at: "start"; readonly key: string }
  /** Code received a result. `run` and `attempt` say whose code; `order` is false in the body of a task. */
  | {
      readonly at: "ack";
      readonly key: string;
      readonly hash: string;
      readonly run: string;
      readonly attempt: number;
      readonly ordered: boolean;
    }
  /** A result of one piece of work reached another's caller. */
  | { readonly at: "mixed"; readonly key: string; readonly got: string }
  /** A flow ended; `fixed` is the part of its answer that no chance has a part in. */
  | { readonly at: "answer"; readonly flow: string; readonly fixed: unknown };

const path = process.env["SEGNO_CRASH_LOG"] ?? "/dev/null";
const file = openSync(path, "a");

export function note(line: Line): void {
  writeSync(file, `${JSON.stringify(line)}\n`);
}

export function started(key: string): void {
  note({ at: "start", key });
}

/** How often the work began, in all processes: what fails at first counts with it. */
export function startsOf(key: string): number {
  const line = `${JSON.stringify({ at: "start", key })}\n`;
  return readFileSync(path, "utf8").split(line).length - 1;
}

/** Awaits a call and witnesses that the code has its result. */
export async function got<T>(key: string, call: PromiseLike<T>): Promise<T> {
  const value = await call;
  ack(key, value);
  return value;
}

export function ack(key: string, value: unknown): void {
  const { flowRun, taskRun } = getRunContext();
  const text = JSON.stringify(value) ?? "undefined";
  const hash = createHash("sha1").update(text).digest("hex").slice(0, 12);
  note({
    at: "ack",
    key,
    hash,
    run: flowRun?.id ?? "",
    attempt: flowRun?.runCount ?? 0,
    ordered: taskRun === null,
  });
}
