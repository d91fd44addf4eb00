import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { usageError } from "../usage-error.ts";

/** A file, and which of its exports. */
export interface Target {
  /** Absolute. */
  readonly file: string;
  /** Undefined: the only flow that it exports. */
  readonly exported: string | undefined;
}

/**
 * Reads `ingest.ts:ingest`, or `ingest.ts` alone.
 * @throws RefusedError when there is no such file.
 */
export function parseTarget(text: string): Target {
  // The last colon, since a Windows path has one of its own: `C:\flows\ingest.ts:ingest`.
  const match = /^(.*):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/su.exec(text);
  const whole = resolve(text);
  const named = match?.[1] !== undefined && match[1] !== "" && !existsSync(whole);
  const file = named ? resolve(match?.[1] ?? "") : whole;
  if (!existsSync(file)) throw noFile(file);
  if (statSync(file).isDirectory())
    throw usageError(`${file} is a folder; expected a file with a flow, as in flows.ts:ingest.`);
  return { file, exported: named ? match?.[2] : undefined };
}

function noFile(file: string): RefusedError {
  const folder = dirname(file);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const near = didYouMean(basename(file), there);
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `There is no file ${file}.`,
    help: near ?? "Give a file and the flow that it exports: `segno run flows.ts:ingest`.",
  });
}
