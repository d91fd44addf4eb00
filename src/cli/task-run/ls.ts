import { type JournalEntry, TASK_RUN_KINDS } from "../../core/run.ts";
import type { StateType } from "../../core/state.ts";
import type { TaskRunFilter, TaskRunRepository } from "../../store/repositories/repositories.ts";
import type { ListOptions } from "../commands/options.ts";
import { taskRunJson } from "../json/task-run.ts";
import { note, printJson } from "../output/print.ts";
import { err, out, statePaint } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { relativeTime, spanOf } from "../output/time.ts";
import { withControl } from "../session.ts";

export interface LsOptions extends ListOptions {
  readonly flowRun?: string;
  readonly state?: readonly string[];
  readonly stateType?: readonly StateType[];
  readonly tag?: readonly string[];
  readonly name?: string;
  readonly all?: boolean;
}

export async function ls(options: LsOptions): Promise<void> {
  await withControl(async (control) => {
    const { flowRuns, taskRuns } = await control.repositories();
    const flowRunId =
      options.flowRun === undefined ? undefined : (await flowRuns.resolve(options.flowRun)).id;
    const filter: TaskRunFilter = {
      ...(options.all === true ? {} : { kinds: TASK_RUN_KINDS }),
      ...(flowRunId === undefined ? {} : { flowRunId }),
      ...(options.state === undefined ? {} : { stateNames: options.state }),
      ...(options.stateType === undefined ? {} : { stateTypes: options.stateType }),
      ...(options.tag === undefined ? {} : { tags: options.tag }),
      ...(options.name === undefined ? {} : { nameLike: options.name }),
    };
    const after = await cursorOf(taskRuns, options.after, flowRunId !== undefined);
    const page = await taskRuns.list(filter, { limit: options.limit, after });
    if (options.json === true) {
      printJson(page.rows.map(taskRunJson));
      return;
    }
    if (page.rows.length === 0) note("No task runs.");
    else printTable(COLUMNS, page.rows);
    const last = page.rows.at(-1);
    if (page.cursor !== null && last !== undefined) note(err.dim(`There are more: --after ${last.id}`));
  });
}

/** People name the row that they saw last; a list in call order pages by the place of the call. */
async function cursorOf(
  taskRuns: TaskRunRepository,
  after: string | undefined,
  inCallOrder: boolean,
): Promise<string | null> {
  if (after === undefined) return null;
  if (!inCallOrder) return after;
  const { scope, seq } = await taskRuns.resolve(after);
  return `${scope}:${seq}`;
}

const COLUMNS: readonly Column<JournalEntry>[] = [
  { title: "ID", text: (entry) => entry.id, paint: () => out.dim },
  { title: "KIND", text: (entry) => (entry.kind === "task" ? "" : entry.kind), paint: () => out.dim },
  { title: "NAME", text: (entry) => entry.name, flexible: true },
  { title: "STATE", text: (entry) => entry.stateName, paint: (entry) => statePaint(entry.stateType) },
  { title: "TRIES", text: (entry) => (entry.runCount > 1 ? String(entry.runCount) : ""), align: "right" },
  { title: "WHEN", text: (entry) => relativeTime(entry.startAt ?? entry.stateAt) },
  { title: "TOOK", text: (entry) => spanOf(entry.totalRunTime), align: "right" },
];
