import { RefusedError } from "./errors.ts";
import { describeValue, isPlain, kindOf } from "./value-kind.ts";
import { TAG, tagged, tagLeaf, UNDEFINED_TEXT } from "./value-tag.ts";
import { MAX_DEPTH, Trail } from "./value-trail.ts";

/**
 * One text for equal values, for hashing: what `encodeJson` writes, but with the keys of objects, the
 * entries of Maps and the members of Sets in order.
 *
 * A property that is undefined equals one that is absent, and -0 equals 0. An error is its name,
 * message, code and cause, because no two stacks are alike. Instances are what their `toJSON` gives.
 *
 * @param what the first word of the path in a refusal, e.g. `"argument 0 of embed"`.
 * @throws RefusedError `SEGNO_UNHASHABLE` for functions, symbols, promises, instances, and values
 * that hold themselves or nest past 1000 levels.
 * @example
 * canonicalJson({ b: 1, a: 2 }) === canonicalJson({ a: 2, b: 1 }); // true
 */
export function canonicalJson(value: unknown, what = "value"): string {
  const trail = new Trail(what);
  try {
    return write(value, trail);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw unhashable(
      `${trail.path()} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

function write(value: unknown, trail: Trail): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return writeNumber(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return UNDEFINED_TEXT;
    case "bigint":
      return JSON.stringify(tagged("bigint", String(value)));
    case "object":
      return value === null ? "null" : writeObject(value, trail);
    default:
      throw notData(value, trail);
  }
}

function writeNumber(value: number): string {
  return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(tagged("number", String(value)));
}

function writeObject(value: object, trail: Trail): string {
  if (Array.isArray(value)) {
    return isSimple(value) ? JSON.stringify(value) : within(value, trail, () => writeArray(value, trail));
  }
  if (isPlain(value) && typeof Reflect.get(value, "toJSON") !== "function") {
    return within(value, trail, () => writePlain(value, trail));
  }
  const kind = kindOf(value);
  switch (kind) {
    case "date":
    case "regexp":
    case "url":
    case "bytes":
      return JSON.stringify(tagLeaf(kind, value));
    case "map":
      return within(value, trail, () => writeMap(value as Map<unknown, unknown>, trail));
    case "set":
      return within(value, trail, () => writeSet(value as Set<unknown>, trail));
    case "error":
      return within(value, trail, () => writeError(value as Error, trail));
    case "toJSON":
      return within(value, trail, () => {
        trail.step(".toJSON()");
        return write((value as { toJSON(): unknown }).toJSON(), trail);
      });
    default:
      throw notData(value, trail);
  }
}

/** Only texts and finite numbers: the engine's own writer is ten times as fast as anything here. */
function isSimple(array: readonly unknown[]): boolean {
  for (let i = 0; i < array.length; i++) {
    const member = array[i];
    if (typeof member !== "string" && !(typeof member === "number" && member - member === 0)) return false;
  }
  return true;
}

function writeArray(array: readonly unknown[], trail: Trail): string {
  let text = "[";
  for (let i = 0; i < array.length; i++) {
    trail.step(i);
    text += i === 0 ? write(array[i], trail) : `,${write(array[i], trail)}`;
  }
  return `${text}]`;
}

function writePlain(object: object, trail: Trail): string {
  const text = writeMembers(object, Object.keys(object).sort(), trail);
  return Object.hasOwn(object, TAG) ? `{"${TAG}":"object","v":${text}}` : text;
}

function writeMembers(object: object, keys: readonly string[], trail: Trail): string {
  let text = "";
  for (const key of keys) {
    const member: unknown = Reflect.get(object, key);
    if (member === undefined) continue;
    trail.step(key);
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${write(member, trail)}`;
  }
  return `{${text}}`;
}

function writeMap(map: ReadonlyMap<unknown, unknown>, trail: Trail): string {
  const entries: string[] = [];
  for (const [key, value] of Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>) {
    trail.step(`.keys()[${entries.length}]`);
    const writtenKey = write(key, trail);
    trail.step(`.values()[${entries.length}]`);
    entries.push(`[${writtenKey},${write(value, trail)}]`);
  }
  return `{"${TAG}":"map","v":[${entries.sort().join(",")}]}`;
}

function writeSet(set: ReadonlySet<unknown>, trail: Trail): string {
  const members: string[] = [];
  for (const member of Set.prototype.values.call(set) as SetIterator<unknown>) {
    trail.step(`.values()[${members.length}]`);
    members.push(write(member, trail));
  }
  return `{"${TAG}":"set","v":[${members.sort().join(",")}]}`;
}

function writeError(error: Error, trail: Trail): string {
  return `{"${TAG}":"error","v":${writeMembers(error, ["cause", "code", "message", "name"], trail)}}`;
}

function within(container: object, trail: Trail, written: () => string): string {
  const found = trail.enter(container);
  if (found?.problem === "circular")
    throw unhashable(`${found.again} is ${found.first} again; a value must not hold itself`);
  if (found !== undefined) throw unhashable(`${found.at}… is nested more than ${MAX_DEPTH} levels deep`);
  const text = written();
  trail.leave();
  return text;
}

function notData(value: unknown, trail: Trail): RefusedError {
  return unhashable(`${trail.path()} is ${describeValue(value)}; expected plain data`);
}

function unhashable(message: string, cause?: unknown): RefusedError {
  return new RefusedError({
    code: "SEGNO_UNHASHABLE",
    message: `No cache key can be made: ${message}.`,
    help: "Use a key function as the cache policy, or leave the argument out of the key with .minus(name).",
    ...(cause === undefined ? {} : { cause }),
  });
}
