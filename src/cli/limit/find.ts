import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { ConcurrencyLimit, LimitRepository } from "../../store/repositories/limits.ts";

/** A task tag's limit is a limit of another name. */
export function limitName(name: string, options: { readonly tag?: boolean }): string {
  return options.tag === true && !name.startsWith("tag:") ? `tag:${name}` : name;
}

/** @throws RefusedError `SEGNO_NOT_FOUND` with the names that are near. */
export async function findLimit(limits: LimitRepository, name: string): Promise<ConcurrencyLimit> {
  const found = await limits.get(name);
  if (found !== null) return found;
  const near = didYouMean(
    name,
    (await limits.list()).map((limit) => limit.name),
  );
  throw new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `There is no concurrency limit ${JSON.stringify(name)}.`,
    help: `${near === undefined ? "" : `${near} `}\`segno concurrency-limit ls\` lists them.`,
  });
}
