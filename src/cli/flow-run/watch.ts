import { setTimeout as delay } from "node:timers/promises";
import type { LogLine } from "../../core/run.ts";
import { isTerminal, type State } from "../../core/state.ts";
import { exitCodeForState } from "../exit-codes.ts";
import { stateJson } from "../json/flow-run.ts";
import { plain, print, printJsonLine } from "../output/print.ts";
import { out, statePaint } from "../output/style.ts";
import { clockTime, spanOf } from "../output/time.ts";
import { withControl } from "../session.ts";
import { logJson, LogTail, showLine } from "./log-lines.ts";

const LOOK_MS = 250;

/** Follows a run to its end by looking; a run whose process dies meanwhile is found out. */
export async function watch(reference: string, options: { readonly json?: boolean }): Promise<void> {
  const asJson = options.json === true;
  await withControl(async (control) => {
    const { flowRuns, logs } = await control.repositories();
    const { id, name } = await flowRuns.resolve(reference);
    if (!asJson) print(`Watching ${out.bold(plain(name))} ${out.dim(id)}`);
    const tail = new LogTail(logs, { flowRunId: id });
    const seen = new Set<string>();
    for (;;) {
      await control.buryDead();
      const run = await flowRuns.get(id);
      const states = await flowRuns.states(id);
      const news: News[] = (await tail.next()).map((line) => ({ at: line.at, line }));
      for (const state of states) if (!seen.has(state.id)) news.push({ at: state.timestamp, state });
      for (const state of states) seen.add(state.id);
      for (const each of news.toSorted((a, b) => a.at - b.at)) (asJson ? tellJson : tell)(each);
      const type = run?.state.type ?? "CANCELLED";
      if (isTerminal(type) || type === "PAUSED") {
        if (!asJson && run !== null)
          print(`${statePaint(type)(run.state.name)} after ${spanOf(run.totalRunTime) || "no time"}`);
        process.exitCode = exitCodeForState(type);
        return;
      }
      await delay(LOOK_MS);
    }
  });
}

interface News {
  readonly at: number;
  readonly line?: LogLine;
  readonly state?: State;
}

function tell({ line, state }: News): void {
  if (line !== undefined) print(showLine(line));
  if (state !== undefined) print(showState(state));
}

function tellJson({ line, state }: News): void {
  if (line !== undefined) printJsonLine({ kind: "log", ...logJson(line) });
  if (state !== undefined) printJsonLine({ kind: "state", ...stateJson(state) });
}

function showState(state: State): string {
  const message = state.message === null ? "" : `: ${plain(state.message)}`;
  return `${out.dim(clockTime(state.timestamp))} | ${statePaint(state.type)(`${state.name}${message}`)}`;
}
