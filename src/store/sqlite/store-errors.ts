import { constants } from "node:os";
import { SegnoError, StoreError } from "../../core/errors.ts";

/** SQLite's primary result codes that a user can do something about. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
/** Codes that speak of the values and not of the store. */
const SQLITE_TOOBIG = 18;
const SQLITE_CONSTRAINT = 19;
const SQLITE_MISMATCH = 20;
const SQLITE_RANGE = 25;
const SQLITE_NOTADB = 26;

const { EFBIG, ENOSPC, EDQUOT } = constants.errno;
/** What SQLite calls a failure of the disk, and is want of room. */
const NO_ROOM: ReadonlySet<unknown> = new Set([EFBIG, ENOSPC, EDQUOT]);

/** What the file system says while the store's folder is made, in SQLite's words. */
const FILE_SYSTEM: Readonly<Record<string, number>> = {
  EACCES: SQLITE_READONLY,
  EPERM: SQLITE_READONLY,
  EROFS: SQLITE_READONLY,
  ENOSPC: SQLITE_FULL,
  EDQUOT: SQLITE_FULL,
  EEXIST: SQLITE_CANTOPEN,
  ENOTDIR: SQLITE_CANTOPEN,
};

/** The primary code of an error that SQLite or the file system raised, or undefined. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("systemErrno" in error && NO_ROOM.has(error.systemErrno)) return SQLITE_FULL;
  if ("syscall" in error && "code" in error) return FILE_SYSTEM[String(error.code)];
  const found = error as Error & { errcode?: unknown; sqliteCode?: unknown };
  for (const code of [found.errcode, found.sqliteCode]) if (typeof code === "number") return code & 0xff;
  return codeFromText(error.message);
}

/** The driver does not always carry the number; SQLite's own texts do not change. */
function codeFromText(message: string): number | undefined {
  if (/database is locked/i.test(message)) return SQLITE_BUSY;
  if (/database or disk is full/i.test(message)) return SQLITE_FULL;
  if (/disk image is malformed/i.test(message)) return SQLITE_CORRUPT;
  if (/file is not a database/i.test(message)) return SQLITE_NOTADB;
  if (/readonly database/i.test(message)) return SQLITE_READONLY;
  if (/unable to open database/i.test(message)) return SQLITE_CANTOPEN;
  if (/disk I\/O error/i.test(message)) return SQLITE_IOERR;
  return undefined;
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** Whether the values of a batch are to blame, so that the same batch would fail again. */
export function isFaultOfBatch(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === undefined) return !(error instanceof SegnoError);
  return [SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE].includes(code);
}

export function storeClosed(location: string): StoreError {
  return new StoreError({
    code: "SEGNO_STORE_CLOSED",
    message: `The store ${location} is closed.`,
    help: "Use it before it is closed, or open it again.",
    facts: { location },
  });
}

/** The catalogue's error for what SQLite raised; anything else as it is. */
export function storeError(error: unknown, location: string): unknown {
  if (error instanceof SegnoError) return error;
  const make = (code: `SEGNO_${string}`, what: string, help: string) =>
    new StoreError({ code, message: `${what} (${location}).`, help, facts: { location }, cause: error });
  switch (sqliteCode(error)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make(
        "SEGNO_STORE_LOCKED",
        "Another process kept the store locked for longer than the busy timeout",
        "Look for a process that holds the file open in a transaction; raise SEGNO_STORE_BUSY_TIMEOUT; the run can be resumed.",
      );
    case SQLITE_FULL:
      return make(
        "SEGNO_STORE_FULL",
        "The disk of the store is full; everything acknowledged before is kept",
        "Free some space, then resume the run.",
      );
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make(
        "SEGNO_STORE_CORRUPT",
        "The store's file is damaged or is not a Segno store",
        "Copy the file away, restore a backup or try `sqlite3 FILE .recover`, or set SEGNO_STORE_PATH to another file.",
      );
    case SQLITE_READONLY:
      return make(
        "SEGNO_STORE_READONLY",
        "The store's file or folder cannot be written",
        "Give this user write permission on the file and its folder, or set SEGNO_STORE_PATH to another place.",
      );
    case SQLITE_CANTOPEN:
      return make(
        "SEGNO_STORE_CANNOT_OPEN",
        "The store's file cannot be opened",
        "Check that the path exists, is a file and not a folder, and that this user may read and write it.",
      );
    case SQLITE_IOERR:
      return make(
        "SEGNO_STORE_IO",
        "The disk of the store failed",
        "Check the disk; the run can be resumed.",
      );
    default:
      return error;
  }
}
