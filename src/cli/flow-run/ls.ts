import type { FlowRun } from "../../core/run.ts";
import type { StateType } from "../../core/state.ts";
import type { FlowRunFilter } from "../../store/repositories/repositories.ts";
import type { ListOptions } from "../commands/options.ts";
import { flowRunJson } from "../json/flow-run.ts";
import { note, printJson } from "../output/print.ts";
import { err, out, statePaint } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { relativeTime, spanOf } from "../output/time.ts";
import { withControl } from "../session.ts";
import { momentOf } from "./since.ts";

export interface LsOptions extends ListOptions {
  readonly flow?: string;
  readonly state?: readonly string[];
  readonly stateType?: readonly StateType[];
  readonly tag?: readonly string[];
  readonly name?: string;
  readonly since?: string;
  readonly parent?: string;
  readonly root?: boolean;
}

export async function ls(options: LsOptions): Promise<void> {
  const startedAfter = options.since === undefined ? undefined : momentOf(options.since);
  await withControl(async (control) => {
    const { flowRuns } = await control.repositories();
    const parent = options.parent === undefined ? undefined : (await flowRuns.resolve(options.parent)).id;
    const filter: FlowRunFilter = {
      ...(options.flow === undefined ? {} : { flowName: options.flow }),
      ...(options.state === undefined ? {} : { stateNames: options.state }),
      ...(options.stateType === undefined ? {} : { stateTypes: options.stateType }),
      ...(options.tag === undefined ? {} : { tags: options.tag }),
      ...(options.name === undefined ? {} : { nameLike: options.name }),
      ...(startedAfter === undefined ? {} : { startedAfter }),
      ...(parent === undefined ? {} : { parentFlowRunId: parent }),
      ...(options.root === true ? { parentFlowRunId: null } : {}),
    };
    const page = await flowRuns.list(filter, { limit: options.limit, after: options.after ?? null });
    if (options.json === true) {
      printJson(page.rows.map(flowRunJson));
      return;
    }
    if (page.rows.length === 0) note("No runs.");
    else printTable(FLOW_RUN_COLUMNS, page.rows);
    if (page.cursor !== null) note(err.dim(`There are more: --after ${page.cursor}`));
  });
}

/** How runs are shown in every list. */
export const FLOW_RUN_COLUMNS: readonly Column<FlowRun>[] = [
  { title: "ID", text: (run) => run.id, paint: () => out.dim },
  { title: "FLOW", text: (run) => run.flowName, flexible: true },
  { title: "NAME", text: (run) => run.name, flexible: true },
  { title: "STATE", text: (run) => run.state.name, paint: (run) => statePaint(run.state.type) },
  { title: "WHEN", text: (run) => relativeTime(run.startAt ?? run.expectedStartAt ?? run.createdAt) },
  { title: "TOOK", text: (run) => spanOf(run.totalRunTime), align: "right" },
];
