import { StoreError } from "../../core/errors.ts";

interface Remedy {
  readonly code: `SEGNO_${string}`;
  readonly what: string;
  readonly help: string;
}

const FULL: Remedy = {
  code: "SEGNO_RESULT_STORAGE_FULL",
  what: "The disk of the result storage is full",
  help: "Free some space or set SEGNO_RESULTS_PATH to another disk, then resume the run.",
};

const DENIED: Remedy = {
  code: "SEGNO_RESULT_STORAGE_DENIED",
  what: "This user may not use the result storage",
  help: "Give this user read and write permission on the folder, or set SEGNO_RESULTS_PATH to another.",
};

const NOT_A_FOLDER: Remedy = {
  code: "SEGNO_RESULT_STORAGE_FAILED",
  what: "The result storage needs a folder where something else lies",
  help: "Move the file away, or set SEGNO_RESULTS_PATH to a folder.",
};

const REMEDIES: Readonly<Record<string, Remedy>> = {
  ENOSPC: FULL,
  EDQUOT: { ...FULL, what: "The disk quota of the result storage is used up" },
  EFBIG: {
    ...FULL,
    what: "The value is larger than a file may be here",
    help: "Raise the limit (`ulimit -f`) or store the value in parts, then resume the run.",
  },
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: {
    code: "SEGNO_RESULT_STORAGE_READONLY",
    what: "The file system of the result storage is read-only",
    help: "Mount it for writing, or set SEGNO_RESULTS_PATH to another folder.",
  },
  ENOTDIR: NOT_A_FOLDER,
  EEXIST: NOT_A_FOLDER,
};

const UNKNOWN: Remedy = {
  code: "SEGNO_RESULT_STORAGE_FAILED",
  what: "The result storage failed",
  help: "Look at the cause; the run can be resumed once it is gone.",
};

/** The catalogue's error for what the file system said; anything else as it is. */
export function storageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || error instanceof StoreError) return error;
  const { code, what, help } = REMEDIES[String(error.code)] ?? UNKNOWN;
  return new StoreError({
    code,
    message: `${what} (${path}): ${error.message}.`,
    help,
    facts: { path, errno: error.code },
    cause: error,
  });
}

export function missingResult(key: string, path: string): StoreError {
  return new StoreError({
    code: "SEGNO_RESULT_MISSING",
    message: `The value ${key} is not in the result storage; ${path} is not there.`,
    help: "Restore the file from a backup, or run the task again with `refreshCache: true`.",
    facts: { key, path },
  });
}

export function corruptResult(key: string, path: string, found: { size: number; key: string }): StoreError {
  return new StoreError({
    code: "SEGNO_RESULT_CORRUPT",
    message: `The value ${key} is damaged: ${path} (${found.size} bytes) has the hash ${found.key}.`,
    help: "Delete the file and restore it from a backup, or run the task again with `refreshCache: true`.",
    facts: { key, path, size: found.size, hash: found.key },
  });
}
