import type { Control } from "../../client/control.ts";
import type { FlowRun } from "../../core/run.ts";
import type { State } from "../../core/state.ts";
import type { Repositories, TaskSummary } from "../../store/repositories/repositories.ts";
import { flowRunJson, stateJson } from "../json/flow-run.ts";
import { errorJson } from "../json/task-run.ts";
import { printFacts, printHeading } from "../output/facts.ts";
import { plain, print, printJson } from "../output/print.ts";
import { out, statePaint } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { clockTime, localTime, relativeTime, spanOf } from "../output/time.ts";
import { withControl } from "../session.ts";
import { showError, showStored, storedJson } from "../values.ts";
import { FLOW_RUN_COLUMNS } from "./ls.ts";

interface Details {
  readonly run: FlowRun;
  readonly states: readonly State[];
  readonly tasks: readonly TaskSummary[];
  readonly children: readonly FlowRun[];
}

export async function inspect(reference: string, options: { readonly json?: boolean }): Promise<void> {
  await withControl(async (control) => {
    const details = await readDetails(await control.repositories(), reference);
    if (options.json === true) printJson(await detailsJson(control, details));
    else await printDetails(control, details);
  });
}

async function readDetails({ flowRuns, taskRuns }: Repositories, reference: string): Promise<Details> {
  const run = await flowRuns.resolve(reference);
  return {
    run,
    states: await flowRuns.states(run.id),
    tasks: await taskRuns.summary(run.id),
    children: await flowRuns.children(run.id),
  };
}

async function detailsJson(control: Control, { run, states, tasks, children }: Details): Promise<unknown> {
  return {
    ...flowRunJson(run),
    parameters: await storedJson(control, run.parameters),
    result: await storedJson(control, run.result),
    error: errorJson(run.error),
    states: states.map(stateJson),
    tasks: tasks.map((task) => ({
      name: task.name,
      count: task.count,
      by_state: task.byState,
      retries: task.retries,
      total_run_time: task.runTime / 1e6,
    })),
    subflow_runs: children.map(flowRunJson),
  };
}

async function printDetails(control: Control, { run, states, tasks, children }: Details): Promise<void> {
  const { state } = run;
  print(out.bold(plain(run.name)));
  printFacts([
    ["ID", run.id],
    ["Flow", plain(run.flowName)],
    ["Version", run.flowVersion],
    [
      "State",
      statePaint(state.type)(state.name) + (state.message === null ? "" : `: ${plain(state.message)}`),
    ],
    ["Started", run.startAt === null ? null : `${localTime(run.startAt)} (${relativeTime(run.startAt)})`],
    ["Ended", run.endAt === null ? null : localTime(run.endAt)],
    ["Took", spanOf(run.totalRunTime)],
    [
      "Attempts",
      run.retries > 0 || run.runCount > 1
        ? `${run.runCount} of ${Math.max(run.retries + 1, run.runCount)}`
        : null,
    ],
    ["Tags", run.tags.join(", ")],
    ["Key", run.idempotencyKey],
    ["Parent", run.parentFlowRunId],
    ["Entrypoint", run.entrypoint],
    ["Input", await showStored(control, run.parameters)],
    ["Result", state.type === "COMPLETED" ? await showStored(control, run.result) : null],
    ["Error", state.type === "COMPLETED" ? null : showError(run.error)],
  ]);
  printHeading("States");
  for (const each of states) {
    const message = each.message === null ? "" : out.dim(`  ${plain(each.message)}`);
    print(`  ${out.dim(clockTime(each.timestamp))}  ${statePaint(each.type)(each.name)}${message}`);
  }
  if (tasks.length > 0) {
    printHeading("Tasks");
    printTable(TASK_COLUMNS, tasks);
  }
  if (children.length > 0) {
    printHeading("Subflow runs");
    printTable(FLOW_RUN_COLUMNS, children);
  }
  const resumable = state.type === "CRASHED" || state.type === "FAILED";
  if (resumable && run.parentFlowRunId === null) {
    print(`\nGo on where it stopped: ${out.bold(`segno flow-run resume ${run.id}`)}`);
  }
}

const TASK_COLUMNS: readonly Column<TaskSummary>[] = [
  { title: "NAME", text: (task) => task.name, flexible: true },
  { title: "RUNS", text: (task) => String(task.count), align: "right" },
  {
    title: "STATES",
    text: (task) =>
      Object.entries(task.byState)
        .map(([name, count]) => `${count} ${name}`)
        .join(", "),
  },
  { title: "RETRIES", text: (task) => (task.retries === 0 ? "" : String(task.retries)), align: "right" },
  { title: "TIME", text: (task) => spanOf(task.runTime), align: "right" },
];
