import type { Artifact, ArtifactType } from "../../core/run.ts";
import type { ListOptions } from "../commands/options.ts";
import { note, printJson } from "../output/print.ts";
import { err, out } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { relativeTime } from "../output/time.ts";
import { withControl } from "../session.ts";
import { artifactJson } from "./json.ts";

export interface LsOptions extends ListOptions {
  readonly all?: boolean;
  readonly flowRun?: string;
  readonly type?: ArtifactType;
}

export async function ls(options: LsOptions): Promise<void> {
  await withControl(async (control) => {
    const { flowRuns, artifacts } = await control.repositories();
    const flowRunId =
      options.flowRun === undefined ? undefined : (await flowRuns.resolve(options.flowRun)).id;
    const page = await artifacts.list(
      {
        latest: options.all !== true && flowRunId === undefined,
        ...(flowRunId === undefined ? {} : { flowRunId }),
        ...(options.type === undefined ? {} : { types: [options.type] }),
      },
      { limit: options.limit, after: options.after ?? null },
    );
    if (options.json === true) {
      printJson(page.rows.map(artifactJson));
      return;
    }
    if (page.rows.length === 0) note("No artifacts.");
    else printTable(ARTIFACT_COLUMNS, page.rows);
    if (page.cursor !== null) note(err.dim(`There are more: --after ${page.cursor}`));
  });
}

export const ARTIFACT_COLUMNS: readonly Column<Artifact>[] = [
  { title: "ID", text: (artifact) => artifact.id, paint: () => out.dim },
  { title: "KEY", text: (artifact) => artifact.key ?? "", flexible: true },
  { title: "TYPE", text: (artifact) => artifact.type },
  { title: "UPDATED", text: (artifact) => relativeTime(artifact.updatedAt) },
  { title: "DESCRIPTION", text: (artifact) => artifact.description ?? "", flexible: true },
];
