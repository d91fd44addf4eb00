import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { RefusedError } from "../../core/errors.ts";
import { decodeJson, encodeJson } from "../../core/serialize.ts";
import { showValue } from "../../core/value-kind.ts";

/**
 * Turns values into bytes and back. The name goes into every reference, so it must mean the same in
 * the process that reads.
 *
 * @example
 * registerSerializer({
 *   name: "text",
 *   serialize: (value) => new TextEncoder().encode(String(value)),
 *   deserialize: (bytes) => new TextDecoder().decode(bytes),
 * });
 */
export interface Serializer {
  readonly name: string;
  /** @param what - names the value in an error: `the result of task "embed"`. */
  serialize(value: unknown, what: string): Uint8Array | Promise<Uint8Array>;
  /** May answer a promise. */
  deserialize(bytes: Uint8Array): unknown;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** The default: JSON in which dates, bigints, maps, sets, typed arrays and errors come back whole. */
export const json: Serializer = {
  name: "json",
  serialize: (value, what) => utf8.encode(encodeJson(value, what)),
  deserialize: (bytes) => decodeJson(fromUtf8.decode(bytes)),
};

/** JSON through gzip, off this thread: for large text, a fifth of the size. */
const compressedJson: Serializer = {
  name: "compressed/json",
  serialize: async (value, what) => promisify(gzip)(utf8.encode(encodeJson(value, what))),
  deserialize: async (bytes) => decodeJson(fromUtf8.decode(await promisify(gunzip)(bytes))),
};

const registry = new Map<string, Serializer>([json, compressedJson].map((one) => [one.name, one]));

/**
 * Makes a serializer known by its name. Registering the same one again changes nothing.
 *
 * @throws RefusedError `SEGNO_DUPLICATE_SERIALIZER` when another has the name; `SEGNO_INVALID_SERIALIZER`.
 * @example
 * registerSerializer({
 *   name: "text",
 *   serialize: (value) => new TextEncoder().encode(String(value)),
 *   deserialize: (bytes) => new TextDecoder().decode(bytes),
 * });
 */
export function registerSerializer(serializer: Serializer): void {
  checkSerializer(serializer);
  const { name } = serializer;
  const there = registry.get(name);
  if (there !== undefined && there !== serializer) {
    throw new RefusedError({
      code: "SEGNO_DUPLICATE_SERIALIZER",
      message: `Another serializer is named "${name}" already.`,
      help: "Give this one a name of its own: values that are stored name their serializer.",
      facts: { name },
    });
  }
  registry.set(name, serializer);
}

function checkSerializer(given: unknown): void {
  if (typeof given !== "object" || given === null) {
    throw invalid("A serializer is an object with `name`, `serialize` and `deserialize`", given);
  }
  const name: unknown = Reflect.get(given, "name");
  if (typeof name !== "string" || name === "") throw invalid("A serializer needs a name", name);
  for (const method of ["serialize", "deserialize"]) {
    const found: unknown = Reflect.get(given, method);
    if (typeof found !== "function")
      throw invalid(`The serializer "${name}" needs a function \`${method}\``, found);
  }
}

function invalid(expected: string, got: unknown): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_SERIALIZER",
    message: `${expected}; got ${showValue(got)}.`,
    help: "Write { name, serialize: (value) => bytes, deserialize: (bytes) => value }.",
    facts: { got: showValue(got) },
  });
}

/** @throws RefusedError `SEGNO_UNKNOWN_SERIALIZER` that names the known ones. */
export function serializerNamed(name: string): Serializer {
  const found = registry.get(name);
  if (found !== undefined) return found;
  const known = [...registry.keys()];
  throw new RefusedError({
    code: "SEGNO_UNKNOWN_SERIALIZER",
    message: `No serializer is named "${name}"; known: ${known.map((one) => `"${one}"`).join(", ")}.`,
    help: "Import the module that registers it before the value is read.",
    facts: { name, known },
  });
}
