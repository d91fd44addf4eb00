import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RefusedError } from "../../core/errors.ts";
import { Gate } from "./gate.ts";
import type { ResultStorage } from "./result-storage.ts";
import { corruptResult, missingResult, storageError } from "./storage-errors.ts";

export interface LocalFolder extends ResultStorage {
  readonly path: string;
  /** Deletes what crashed writes left, once it is that old (ms); answers how many files went. */
  sweepTemporary(olderThanMs: number): Promise<number>;
}

const TEMPORARY = ".tmp";
const KEY = /^[0-9a-f]{64}$/;
const FILES_AT_ONCE = 32;

/**
 * Result storage in a folder: `ab/cd/abcd…`, so that no folder grows past what file systems like.
 *
 * A file appears under its key whole or not at all: it is written under another name, synced, and
 * renamed, and then its folder is synced. Processes that write one value at once each rename the
 * same bytes into place.
 *
 * @param name - how references name this storage; two folders in use at once need two names.
 */
export function localFolder(path: string, name = "local"): LocalFolder {
  return new LocalFolderStorage(resolve(path), name);
}

class LocalFolderStorage implements LocalFolder {
  readonly name: string;
  readonly path: string;
  readonly #gate = new Gate(FILES_AT_ONCE);
  /** Folders known to be on disk, with all above them. */
  readonly #folders = new Map<string, Promise<void>>();

  constructor(path: string, name: string) {
    this.path = path;
    this.name = name;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const key = hashOf(bytes);
    const { folder, file } = this.#place(key);
    try {
      await this.#gate.pass(async () => {
        await this.#makeFolder(folder);
        if ((await sizeOf(file)) !== bytes.byteLength) await writeWhole(file, bytes);
        // Also when the file was there: another process may have renamed it and not synced yet.
        await syncFolder(folder);
      });
    } catch (error) {
      throw storageError(error, this.path);
    }
    return key;
  }

  async read(key: string): Promise<Uint8Array> {
    const { file } = this.#place(key);
    let bytes: Uint8Array;
    try {
      bytes = await this.#gate.pass(() => readFile(file));
    } catch (error) {
      throw isMissing(error) ? missingResult(key, file) : storageError(error, this.path);
    }
    const hash = hashOf(bytes);
    if (hash !== key) throw corruptResult(key, file, { size: bytes.byteLength, key: hash });
    return bytes;
  }

  async delete(key: string): Promise<boolean> {
    const { file } = this.#place(key);
    try {
      await rm(file);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw storageError(error, this.path);
    }
  }

  async sweepTemporary(olderThanMs: number): Promise<number> {
    const oldest = Date.now() - olderThanMs;
    let swept = 0;
    try {
      for (const relative of await readdir(this.path, { recursive: true })) {
        if (!relative.endsWith(TEMPORARY)) continue;
        const file = join(this.path, relative);
        const found = await stat(file).catch(() => null);
        if (found === null || found.mtimeMs > oldest) continue;
        await rm(file, { force: true });
        swept++;
      }
    } catch (error) {
      if (!isMissing(error)) throw storageError(error, this.path);
    }
    return swept;
  }

  #place(key: string): { folder: string; file: string } {
    if (!KEY.test(key)) throw badKey(key);
    const folder = join(this.path, key.slice(0, 2), key.slice(2, 4));
    return { folder, file: join(folder, key) };
  }

  #makeFolder(folder: string): Promise<void> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const made = makeDurableFolder(folder, this.path);
    this.#folders.set(folder, made);
    made.catch(() => this.#folders.delete(folder));
    return made;
  }
}

/** Makes a folder below `root`; when it resolves, a power failure cannot take it away again. */
async function makeDurableFolder(folder: string, root: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  await syncFolder(join(folder, ".."));
  await syncFolder(root);
  // The root itself is new when the first folder made is the root or above it.
  if (first !== undefined && root.startsWith(first)) await syncFolder(join(first, ".."));
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}${TEMPORARY}`;
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** A rename is on disk once its folder is; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function badKey(key: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_RESULT_KEY",
    message: `A result's key is 64 hexadecimal digits; got ${JSON.stringify(key)}.`,
    facts: { key },
  });
}
