import { RefusedError, StoreError } from "../../core/errors.ts";
import type { StoredValue } from "../../core/run.ts";
import { decodeJson, encodeJson } from "../../core/serialize.ts";
import type { ResultStorage } from "./result-storage.ts";
import { json, registerSerializer, type Serializer, serializerNamed } from "./serializers.ts";

/**
 * Bytes of UTF-8 up to which a value lies in its row.
 * @internal
 */
export const INLINE_LIMIT = 64 * 1024;

/** The JSON of a value that a row should not hold; give it to {@link storeText}. */
export interface TooLarge {
  readonly tooLarge: string;
}

/**
 * A value as JSON in the row, at once: the path of a step awaits nothing for a small value.
 *
 * @param what - names the value in an error: `the result of task "embed"`.
 * @throws RefusedError when the value cannot be written as JSON.
 */
export function encodeInline(value: unknown, what: string): StoredValue | TooLarge {
  const text = encodeJson(value, what);
  return fitsInline(text) ? { kind: "inline", text } : { tooLarge: text };
}

/** A UTF-16 unit is one to three bytes of UTF-8, so most texts need no counting. */
function fitsInline(text: string): boolean {
  if (text.length > INLINE_LIMIT) return false;
  return text.length * 3 <= INLINE_LIMIT || Buffer.byteLength(text) <= INLINE_LIMIT;
}

/** Puts the JSON of a large value into the storage. */
export async function storeText(text: string, storage: ResultStorage): Promise<StoredValue> {
  return reference(Buffer.from(text), json.name, storage);
}

export interface StoreOptions {
  /** Names the value in an error: `the result of task "embed"`. */
  readonly what: string;
  /** Where a large value goes. */
  readonly storage: ResultStorage;
  /** A registered name, or a serializer, which is then registered. Default `json`. */
  readonly serializer?: string | Serializer;
}

/**
 * A value as a row can hold it. When it resolves, what the row refers to is durable.
 *
 * JSON of up to 64 KiB lies in the row; more, and whatever another serializer makes, in the storage.
 */
export async function storeValue(value: unknown, options: StoreOptions): Promise<StoredValue> {
  const { what, storage } = options;
  const serializer = resolve(options.serializer ?? json);
  if (serializer === json) {
    const encoded = encodeInline(value, what);
    return "tooLarge" in encoded ? storeText(encoded.tooLarge, storage) : encoded;
  }
  return reference(await serialize(value, serializer, what), serializer.name, storage);
}

export interface LoadOptions {
  /** The storages that references may name. */
  readonly storages: readonly ResultStorage[];
}

/**
 * The value that a row holds or refers to.
 * @throws RefusedError when its serializer or its storage is not known here; StoreError when its
 * bytes are missing, damaged or not what the serializer reads.
 */
export async function loadValue(stored: StoredValue, options: LoadOptions): Promise<unknown> {
  if (stored.kind === "inline") return decodeJson(stored.text);
  const { key, storage: name } = stored.ref;
  const serializer = serializerNamed(stored.ref.serializer);
  const storage = options.storages.find((one) => one.name === name);
  if (storage === undefined) throw unknownStorage(name, options.storages);
  const bytes = await storage.read(key);
  try {
    return await serializer.deserialize(bytes);
  } catch (cause) {
    throw new StoreError({
      code: "SEGNO_RESULT_UNREADABLE",
      message: `The serializer "${serializer.name}" cannot read the value ${key}: ${messageOf(cause)}.`,
      help: "Read it with the version of the serializer that wrote it, or run the task again.",
      facts: { key, serializer: serializer.name, storage: name },
      cause,
    });
  }
}

async function reference(
  bytes: Uint8Array,
  serializer: string,
  storage: ResultStorage,
): Promise<StoredValue> {
  const key = await storage.write(bytes);
  return { kind: "ref", ref: { key, size: bytes.byteLength, serializer, storage: storage.name } };
}

function resolve(serializer: string | Serializer): Serializer {
  if (typeof serializer === "string") return serializerNamed(serializer);
  registerSerializer(serializer);
  return serializer;
}

async function serialize(value: unknown, serializer: Serializer, what: string): Promise<Uint8Array> {
  const fail = (reason: string, cause?: unknown) =>
    new RefusedError({
      code: "SEGNO_UNSERIALIZABLE",
      message: `The serializer "${serializer.name}" cannot write ${what}: ${reason}.`,
      help: "Return a value that it can write, or choose another serializer.",
      facts: { serializer: serializer.name, what },
      cause,
    });
  let bytes: unknown;
  try {
    bytes = await serializer.serialize(value, what);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw fail(messageOf(error), error);
  }
  if (bytes instanceof Uint8Array) return bytes;
  throw fail(`it answered ${bytes === null ? "null" : typeof bytes} and not a Uint8Array`);
}

function unknownStorage(name: string, known: readonly ResultStorage[]): RefusedError {
  const names = known.map((one) => one.name);
  return new RefusedError({
    code: "SEGNO_UNKNOWN_STORAGE",
    message: `No result storage is named "${name}" here; known: ${names.map((one) => `"${one}"`).join(", ")}.`,
    help: "Configure the storage that the value was written to.",
    facts: { name, known: names },
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
