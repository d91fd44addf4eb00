import { type Catalogue, entryOf } from "./entry.ts";

const refused = entryOf("RefusedError");
const failed = entryOf("StoreError");

/** Where runs and values are kept. */
export const STORE_ERRORS = {
  SEGNO_NOT_FOUND: refused(
    "No run, artifact, variable or limit goes by that name or id.",
    "Look at the names that the message suggests, or list what there is.",
  ),
  SEGNO_AMBIGUOUS: refused(
    "The beginning of an id, or a name, means more than one thing. The message lists them.",
    "Give more of the id.",
  ),
  SEGNO_RUN_EXECUTING: refused(
    "A run cannot be deleted while a process executes it.",
    "Cancel it first with `segno flow-run cancel`.",
  ),
  SEGNO_INVALID_PAGE: refused(
    "A list was asked for with a limit outside 1 to 1000, or with a cursor that no page gave.",
    "Leave the cursor out for the first page; then give the `cursor` of the page before.",
  ),
  SEGNO_INVALID_ARTIFACT_KEY: refused(
    "An artifact's key has other characters than lower case letters, digits and dashes.",
    "Use the key that the message suggests, or leave the key out.",
  ),
  SEGNO_INVALID_VARIABLE_NAME: refused(
    "A variable's name has other characters than lower case letters, digits, dashes and underscores, or more than 255 of them.",
    "Use the name that the message suggests.",
  ),
  SEGNO_INVALID_VARIABLE_VALUE: refused(
    "A variable's value is not JSON, or longer than 5000 characters as JSON.",
    "Keep large data in a file or an artifact, and its place in the variable.",
  ),
  SEGNO_VARIABLE_EXISTS: refused(
    "There is a variable of that name already.",
    "Ask for it to be overwritten, or choose another name.",
  ),
  SEGNO_INVALID_SERIALIZER: refused(
    "A custom serializer has no name.",
    "Give it a name: stored values name the serializer that reads them.",
  ),
  SEGNO_DUPLICATE_SERIALIZER: refused(
    "Two different serializers go by one name.",
    "Give this one a name of its own: stored values name the serializer that reads them.",
  ),
  SEGNO_UNKNOWN_SERIALIZER: refused(
    "A value names a serializer that is not known here.",
    "Import the module that registers it before the value is read.",
  ),
  SEGNO_UNKNOWN_STORAGE: refused(
    "A value lies in a result storage that is not configured here.",
    "Configure the storage that the value was written to.",
  ),
  SEGNO_INVALID_RESULT_KEY: refused(
    "A key into result storage is not 64 hexadecimal digits.",
    "Give the key that the run's row holds.",
  ),

  SEGNO_STORE_LOCKED: failed(
    "Another process kept the store locked for longer than the busy timeout.",
    "Look for a process that holds the file open in a transaction, or raise `SEGNO_STORE_BUSY_TIMEOUT`; then resume the run.",
  ),
  SEGNO_STORE_FULL: failed("The disk of the store is full.", "Free some space, then resume the run."),
  SEGNO_STORE_CORRUPT: failed(
    "The store's file is damaged, or is not a store of Segno's.",
    "Copy the file away, then restore a backup or try `sqlite3 FILE .recover`; or set `SEGNO_STORE_PATH` to another file.",
  ),
  SEGNO_STORE_READONLY: failed(
    "The store's file or its folder cannot be written.",
    "Give this user write permission on both, or set `SEGNO_STORE_PATH` to another place.",
  ),
  SEGNO_STORE_CANNOT_OPEN: failed(
    "The store's file cannot be opened.",
    "Check that the path exists, that it is a file and not a folder, and that this user may read and write it.",
  ),
  SEGNO_STORE_IO: failed("The disk of the store failed.", "Check the disk, then resume the run."),
  SEGNO_STORE_CLOSED: failed(
    "The store was used after it was closed.",
    "Use it before it is closed, or open it again.",
  ),
  SEGNO_STORE_NEWER: failed(
    "The store was written by a later version.",
    "Update segno, or point `SEGNO_STORE_PATH` to another file.",
  ),
  SEGNO_STORE_FOREIGN: failed(
    "The store's file is a SQLite database of another program. Nothing in it was changed.",
    "Point `SEGNO_STORE_PATH` to a file of its own.",
  ),
  SEGNO_RESULT_STORAGE_FULL: failed(
    "The disk or the quota of the result storage is used up, or the value is larger than a file may be there.",
    "Free some space or set `SEGNO_RESULTS_PATH` to another disk, then resume the run.",
  ),
  SEGNO_RESULT_STORAGE_DENIED: failed(
    "This user may not use the result storage.",
    "Give this user read and write permission on the folder, or set `SEGNO_RESULTS_PATH` to another.",
  ),
  SEGNO_RESULT_STORAGE_READONLY: failed(
    "The file system of the result storage is read-only.",
    "Mount it for writing, or set `SEGNO_RESULTS_PATH` to another folder.",
  ),
  SEGNO_RESULT_STORAGE_FAILED: failed(
    "The result storage failed in some other way; the cause says how.",
    "Look at the cause; the run can be resumed once it is gone.",
  ),
  SEGNO_RESULT_MISSING: failed(
    "A stored value is not in the result storage any more.",
    "Restore the file from a backup, or run the task again with `refreshCache: true`.",
  ),
  SEGNO_RESULT_CORRUPT: failed(
    "A stored value is damaged: its content has another hash than its name.",
    "Delete the file and restore it from a backup, or run the task again with `refreshCache: true`.",
  ),
  SEGNO_RESULT_UNREADABLE: failed(
    "The serializer cannot read a value that it once wrote.",
    "Read it with the version of the serializer that wrote it, or run the task again.",
  ),
} satisfies Catalogue;
