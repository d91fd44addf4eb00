import { setTimeout as delay } from "node:timers/promises";
import type { LogLine } from "../../core/run.ts";
import { isTerminal } from "../../core/state.ts";
import { print, printJsonLine } from "../output/print.ts";
import { withControl } from "../session.ts";
import { usageError } from "../usage-error.ts";
import { allLines, levelNumber, logJson, LogTail, showLine } from "./log-lines.ts";

export interface LogOptions {
  readonly level?: string;
  readonly head?: number;
  readonly tail?: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const LOOK_MS = 250;

export async function logs(reference: string, options: LogOptions): Promise<void> {
  if (options.head !== undefined && (options.tail !== undefined || options.follow === true)) {
    throw usageError("--head goes with neither --tail nor --follow.");
  }
  const minLevel = options.level === undefined ? {} : { minLevel: levelNumber(options.level) };
  const show = (line: LogLine): void =>
    options.json === true ? printJsonLine(logJson(line)) : print(showLine(line));
  await withControl(async (control) => {
    const { flowRuns, logs: lines } = await control.repositories();
    const { id } = await flowRuns.resolve(reference);
    const filter = { flowRunId: id, ...minLevel };
    if (options.follow !== true) {
      await printLines(allLines(lines, filter), options, show);
      return;
    }
    const tail = new LogTail(lines, filter);
    for (const line of (await tail.next()).slice(-(options.tail ?? 0))) show(line);
    for (;;) {
      await control.buryDead();
      // The state first: what was written before the run ended is then in the next look.
      const over = isTerminal((await flowRuns.get(id))?.state.type ?? "CANCELLED");
      for (const line of await tail.next()) show(line);
      if (over) return;
      await delay(LOOK_MS);
    }
  });
}

async function printLines(
  lines: AsyncIterable<LogLine>,
  { head, tail }: LogOptions,
  show: (line: LogLine) => void,
): Promise<void> {
  const last: LogLine[] = [];
  let printed = 0;
  for await (const line of lines) {
    if (tail !== undefined) {
      last.push(line);
      if (last.length > tail) last.shift();
      continue;
    }
    show(line);
    if (++printed === head) return;
  }
  for (const line of last) show(line);
}
