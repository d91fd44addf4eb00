import type { Control } from "../../client/control.ts";
import type { JournalEntry } from "../../core/run.ts";
import { taskRunJson } from "../json/task-run.ts";
import { printFacts, printHeading, showValue } from "../output/facts.ts";
import { plain, print, printJson } from "../output/print.ts";
import { out, statePaint } from "../output/style.ts";
import { clockTime, isoTime, localTime, relativeTime, spanOf } from "../output/time.ts";
import { withControl } from "../session.ts";
import { showError, showStored, storedJson } from "../values.ts";

export async function inspect(reference: string, options: { readonly json?: boolean }): Promise<void> {
  await withControl(async (control) => {
    const { taskRuns } = await control.repositories();
    const entry = await taskRuns.resolve(reference);
    if (options.json !== true) {
      await printEntry(control, entry);
      return;
    }
    printJson({
      ...taskRunJson(entry),
      result: await storedJson(control, entry.result),
      states: entry.states.map(([type, name, at, message]) => ({
        type,
        name,
        timestamp: isoTime(at),
        message: message ?? null,
      })),
    });
  });
}

async function printEntry(control: Control, entry: JournalEntry): Promise<void> {
  const { flowRuns } = await control.repositories();
  const flowRun = entry.flowRunId === null ? null : await flowRuns.get(entry.flowRunId);
  const message = entry.stateMessage === null ? "" : `: ${plain(entry.stateMessage)}`;
  print(out.bold(plain(entry.name)));
  printFacts([
    ["ID", entry.id],
    ["Kind", entry.kind],
    ["Flow run", flowRun === null ? entry.flowRunId : `${plain(flowRun.name)} (${flowRun.id})`],
    ["Called by", entry.scope === "" ? null : entry.scope],
    ["Key", `${entry.taskKey}, ${entry.dynamicKey}`],
    ["State", statePaint(entry.stateType)(entry.stateName) + message],
    [
      "Started",
      entry.startAt === null ? null : `${localTime(entry.startAt)} (${relativeTime(entry.startAt)})`,
    ],
    ["Ended", entry.endAt === null ? null : localTime(entry.endAt)],
    ["Due", entry.expectedStartAt === null ? null : localTime(entry.expectedStartAt)],
    ["Took", spanOf(entry.totalRunTime)],
    ["Attempts", entry.runCount > 1 ? String(entry.runCount) : null],
    ["Tags", entry.tags.join(", ")],
    ["Cache key", entry.cacheKey],
    ["Subflow run", entry.childFlowRunId],
    ["Inputs", entry.inputs === null ? null : showValue(entry.inputs)],
    ["Result", await showStored(control, entry.result)],
    ["Error", showError(entry.error)],
  ]);
  if (entry.states.length === 0) return;
  printHeading("States");
  for (const [type, name, at, said] of entry.states) {
    const more = said === undefined ? "" : out.dim(`  ${plain(said)}`);
    print(`  ${out.dim(clockTime(at))}  ${statePaint(type)(name)}${more}`);
  }
}
