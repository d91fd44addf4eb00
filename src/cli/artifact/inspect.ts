import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Artifact } from "../../core/run.ts";
import type { ArtifactRepository } from "../../store/repositories/repositories.ts";
import { printFacts, printHeading } from "../output/facts.ts";
import { plain, print, printJson } from "../output/print.ts";
import { out } from "../output/style.ts";
import { printTable } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { withControl } from "../session.ts";
import { artifactJson } from "./json.ts";
import { ARTIFACT_COLUMNS } from "./ls.ts";

export async function inspect(
  reference: string,
  options: { readonly limit: number; readonly json?: boolean },
): Promise<void> {
  await withControl(async (control) => {
    const { artifacts } = await control.repositories();
    const versions = await find(artifacts, reference, options.limit);
    const [latest] = versions;
    if (latest === undefined) throw await notFound(artifacts, reference);
    if (options.json === true) {
      printJson(versions.map(artifactJson));
      return;
    }
    print(out.bold(plain(latest.key ?? latest.id)));
    printFacts([
      ["ID", latest.id],
      ["Type", latest.type],
      ["Description", latest.description],
      ["Flow run", latest.flowRunId],
      ["Task run", latest.taskRunId],
      ["Created", localTime(latest.createdAt)],
      ["Updated", latest.updatedAt === latest.createdAt ? null : localTime(latest.updatedAt)],
    ]);
    printHeading("Content");
    print(contentOf(latest));
    if (versions.length > 1) {
      printHeading("Versions");
      printTable(ARTIFACT_COLUMNS, versions);
    }
  });
}

/** By key, newest first; by id, that version alone. */
async function find(
  artifacts: ArtifactRepository,
  reference: string,
  limit: number,
): Promise<readonly Artifact[]> {
  const byKey = await artifacts.history(reference, { limit });
  if (byKey.rows.length > 0) return byKey.rows;
  const byId = await artifacts.get(reference);
  return byId === null ? [] : [byId];
}

function contentOf({ type, data }: Artifact): string {
  if (type === "table" && Array.isArray(data)) return tableOf(data);
  if (type === "progress") return `${String(data)} %`;
  return typeof data === "string" ? data : JSON.stringify(data, null, 2);
}

function tableOf(rows: readonly unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

async function notFound(artifacts: ArtifactRepository, reference: string): Promise<RefusedError> {
  const { rows } = await artifacts.list({ latest: true }, { limit: 1000 });
  const near = didYouMean(
    reference,
    rows.flatMap((artifact) => artifact.key ?? []),
  );
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `There is no artifact ${JSON.stringify(reference)}; expected its key or id.`,
    help: `${near === undefined ? "" : `${near} `}\`segno artifact ls\` lists them.`,
  });
}
