/**
 * Where values too large for a row lie, by content: the key is the SHA-256 of the bytes, so equal
 * values are stored once and a read can tell whether it got what was written.
 *
 * A write resolves once the bytes are durable, because the row that names them comes after.
 */
export interface ResultStorage {
  /** Kept in each reference, to find the storage again when the value is read. */
  readonly name: string;
  /** Answers the key: 64 hexadecimal digits. */
  write(bytes: Uint8Array): Promise<string>;
  /** @throws StoreError `SEGNO_RESULT_MISSING` or `SEGNO_RESULT_CORRUPT`. */
  read(key: string): Promise<Uint8Array>;
  /** False when nothing was there. Equal values share a key: delete what no row names any more. */
  delete(key: string): Promise<boolean>;
}
