import { newId, nowMicros } from "../../client/time.ts";
import { RefusedError } from "../../core/errors.ts";
import type { Artifact, ArtifactType } from "../../core/run.ts";
import { showValue } from "../../core/value-kind.ts";
import { checkArtifactKey } from "../../store/repositories/checks.ts";
import type { JournalOp } from "../../store/store.ts";
import { withControl, writeRow } from "../body-call.ts";
import type { Frame } from "../context.ts";
import { toJson } from "../to-json.ts";
import { checkGiven, invalidArtifact, progressOf, type Table, tableRows, textOf } from "./data.ts";

/**
 * What a run leaves for people to read. Artifacts with one key are versions of one thing.
 *
 * In a flow's body an artifact is written in the transaction that records its making, so exactly
 * once, whatever crashes; a task that is retried makes its artifacts again, as it does all else.
 */
export interface ArtifactOptions {
  /** Lower case letters, digits and dashes; without it the artifact is found through its run only. */
  readonly key?: string;
  /** Markdown, shown above the artifact. */
  readonly description?: string;
}

/**
 * @returns the artifact's id.
 * @example
 * await createMarkdownArtifact({ key: "ingestion", markdown: `**${stored}** vectors` });
 */
export async function createMarkdownArtifact(
  options: ArtifactOptions & { readonly markdown: string },
): Promise<string> {
  checkGiven(options, "markdown");
  return create("markdown", options, textOf(options.markdown, "markdown"));
}

/**
 * @param options `table`: rows as objects, or columns as arrays of one length.
 * @returns the artifact's id.
 * @example
 * await createTableArtifact({ key: "losses", table: [{ epoch: 1, loss: 0.41 }, { epoch: 2, loss: 0.32 }] });
 * await createTableArtifact({ key: "losses", table: { epoch: [1, 2], loss: [0.41, 0.32] } });
 */
export async function createTableArtifact(
  options: ArtifactOptions & { readonly table: Table },
): Promise<string> {
  checkGiven(options, "table");
  return create("table", options, toJson(tableRows(options.table), "The table of an artifact"));
}

/**
 * @returns the artifact's id.
 * @example
 * await createLinkArtifact({ key: "report", link: "https://example.com/report", linkText: "The report" });
 */
export async function createLinkArtifact(
  options: ArtifactOptions & { readonly link: string; readonly linkText?: string },
): Promise<string> {
  checkGiven(options, "link");
  const link = textOf(options.link, "link");
  const text = options.linkText === undefined ? link : textOf(options.linkText, "linkText");
  return create("link", options, `[${text}](${link})`);
}

/**
 * @returns the artifact's id.
 * @example
 * await createImageArtifact({ key: "confusion", imageUrl: "https://example.com/confusion.png" });
 */
export async function createImageArtifact(
  options: ArtifactOptions & { readonly imageUrl: string },
): Promise<string> {
  checkGiven(options, "imageUrl");
  return create("image", options, textOf(options.imageUrl, "imageUrl"));
}

/**
 * @param options `progress`: percent, from 0 to 100.
 * @returns the artifact's id, for {@link updateProgressArtifact}.
 * @example
 * const bar = await createProgressArtifact({ key: "embedding", progress: 0 });
 * await updateProgressArtifact(bar, { progress: 50 });
 */
export async function createProgressArtifact(
  options: ArtifactOptions & { readonly progress: number },
): Promise<string> {
  checkGiven(options, "progress");
  return create("progress", options, progressOf(options.progress));
}

/**
 * Moves a progress artifact.
 *
 * @throws RefusedError `SEGNO_NOT_FOUND` when there is no progress artifact with this id.
 * @example
 * const bar = await createProgressArtifact({ key: "embedding", progress: 0 });
 * await updateProgressArtifact(bar, { progress: 50, description: "half of it" });
 */
export async function updateProgressArtifact(
  id: string,
  change: { readonly progress: number; readonly description?: string },
): Promise<void> {
  checkGiven(change, "progress");
  const data = progressOf(change.progress);
  const { description } = change;
  textOf(id, "id");
  await withControl("effect", "update-artifact", async (control) => {
    const { artifacts } = await control.repositories();
    const artifact = await artifacts.get(id);
    if (artifact?.type !== "progress") throw noProgressArtifact(id, artifact?.type);
    const text = description === undefined ? {} : { description };
    await artifacts.update(id, { data, updatedAt: nowMicros(), ...text });
    return null;
  });
}

/**
 * The newest artifact with this key, of whichever run; null if there is none.
 *
 * @example
 * const losses = await getArtifact("losses");
 * console.log(losses?.data);
 */
export async function getArtifact(key: string): Promise<Artifact | null> {
  checkArtifactKey(key);
  return withControl("value", "get-artifact", async (control) => {
    const { artifacts } = await control.repositories();
    const { rows } = await artifacts.history(key, { limit: 1 });
    return rows[0] ?? null;
  });
}

function noProgressArtifact(id: string, type: ArtifactType | undefined): RefusedError {
  const what = type === undefined ? "There is no artifact" : `A ${type} artifact and no progress artifact is`;
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `${what} ${JSON.stringify(id)}.`,
    help: "Give the id that createProgressArtifact() answered.",
    facts: { id, type: type ?? null },
  });
}

function create(type: ArtifactType, { key, description }: ArtifactOptions, data: unknown): Promise<string> {
  checkArtifactKey(key ?? null);
  if (description !== undefined && typeof description !== "string") {
    throw invalidArtifact(`\`description\` must be text; got ${showValue(description)}`);
  }
  const make = (id: string, frame: Frame | undefined): JournalOp => {
    const now = nowMicros();
    const artifact: Artifact = {
      id,
      key: key ?? null,
      type,
      description: description ?? null,
      data,
      flowRunId: frame?.session.flowRunId ?? null,
      taskRunId: frame?.task?.entry.id ?? null,
      createdAt: now,
      updatedAt: now,
    };
    return { op: "artifact", artifact };
  };
  return writeRow("create-artifact", make, newId);
}
