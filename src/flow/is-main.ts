import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

/**
 * Whether a module is the program that was started, and not imported: by another module, by
 * `segno run`, or by a worker thread that only wants its tasks.
 *
 * @example
 * if (isMain(import.meta)) await ingest({ paths });
 */
export function isMain(meta: { readonly url: string }): boolean {
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
