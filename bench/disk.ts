import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

/** Linux: the file system is memory, where fsync does nothing. */
const TMPFS = 0x01_02_19_94;

/** A temporary folder on a real disk: the system's, or this project's when that one is memory. */
export async function realDisk(): Promise<string> {
  const { type } = await statfs(tmpdir());
  if (type !== TMPFS) return tmpdir();
  return fileURLToPath(new URL("../node_modules/.cache", import.meta.url));
}
