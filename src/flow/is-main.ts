import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { RefusedError } from "../core/errors.ts";
import { showValue } from "../core/value-kind.ts";

/**
 * Whether a module is the program that was started, and not imported: by another module, by
 * `segno run`, or by a worker thread that only wants its tasks.
 *
 * @example
 * if (isMain(import.meta)) await ingest({ paths });
 */
export function isMain(meta: { readonly url: string }): boolean {
  checkMeta(meta);
  const [, program] = process.argv;
  if (!isMainThread || program === undefined) return false;
  try {
    const self = realpathSync(fileURLToPath(meta.url));
    const started = realpathSync(program);
    return self === started || self.replace(/\.[^./]+$/, "") === started;
  } catch {
    return false;
  }
}

function checkMeta(meta: unknown): void {
  if (typeof meta === "object" && meta !== null && typeof Reflect.get(meta, "url") === "string") return;
  throw new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `isMain() takes import.meta; got ${showValue(meta)}.`,
    help: "Write if (isMain(import.meta)) in an ES module.",
  });
}
