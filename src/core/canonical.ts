import { RefusedError } from "./errors.ts";
import { describeValue, isPlain, kindOf } from "./value-kind.ts";
import { TAG, type Tagged, tagged, tagLeaf, tagNumber, UNDEFINED_TAG } from "./value-tag.ts";
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
    return JSON.stringify(inOrder(value, trail));
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw unhashable(`${trail.path()} cannot be read: ${reason}`, error);
  }
}

/**
 * A tree that `JSON.stringify` writes in the one order. Ordering a copy and writing it at once takes
 * half the time of putting the text together piece by piece.
 */
function inOrder(value: unknown, trail: Trail): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      // -0 as it is: JSON.stringify writes 0 for it.
      return value - value === 0 ? value : tagNumber(value);
    case "undefined":
      return UNDEFINED_TAG;
    case "bigint":
      return tagged("bigint", String(value));
    case "object":
      return value === null ? null : objectInOrder(value, trail);
    default:
      throw notData(value, trail);
  }
}

function objectInOrder(value: object, trail: Trail): unknown {
  if (Array.isArray(value)) return isSimple(value) ? value : listInOrder(value, trail);
  if (isPlain(value) && typeof Reflect.get(value, "toJSON") !== "function") {
    const ordered = membersInOrder(value, Object.keys(value).sort(), trail);
    return Object.hasOwn(value, TAG) ? tagged("object", ordered) : ordered;
  }
  const kind = kindOf(value);
  switch (kind) {
    case "date":
    case "regexp":
    case "url":
    case "bytes":
      return tagLeaf(kind, value);
    case "map":
      return mapInOrder(value as Map<unknown, unknown>, trail);
    case "set":
      return setInOrder(value as Set<unknown>, trail);
    case "error":
      return tagged("error", membersInOrder(value, ["cause", "code", "message", "name"], trail));
    case "toJSON": {
      enter(value, trail);
      trail.step(".toJSON()");
      const written = inOrder((value as { toJSON(): unknown }).toJSON(), trail);
      trail.leave();
      return written;
    }
    default:
      throw notData(value, trail);
  }
}

/** Only texts and finite numbers: nothing to look into, and embeddings are such. */
function isSimple(array: readonly unknown[]): boolean {
  for (let i = 0; i < array.length; i++) {
    const member = array[i];
    if (typeof member !== "string" && !(typeof member === "number" && member - member === 0)) return false;
  }
  return true;
}

function listInOrder(array: readonly unknown[], trail: Trail): unknown[] {
  enter(array, trail);
  const written: unknown[] = [];
  for (let i = 0; i < array.length; i++) {
    trail.step(i);
    written.push(inOrder(array[i], trail));
  }
  trail.leave();
  return written;
}

/** Keys that are whole numbers come first whatever one does, which is an order too. */
function membersInOrder(object: object, keys: readonly string[], trail: Trail): object {
  enter(object, trail);
  const ordered: Record<string, unknown> = {};
  for (const key of keys) {
    const member: unknown = Reflect.get(object, key);
    if (member === undefined) continue;
    trail.step(key);
    const written = inOrder(member, trail);
    if (key === "__proto__") Object.defineProperty(ordered, key, { value: written, enumerable: true });
    else ordered[key] = written;
  }
  trail.leave();
  return ordered;
}

function mapInOrder(map: ReadonlyMap<unknown, unknown>, trail: Trail): Tagged {
  enter(map, trail);
  const entries: [unknown, unknown][] = [];
  for (const [key, value] of Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>) {
    trail.step(`.keys()[${entries.length}]`);
    const writtenKey = inOrder(key, trail);
    trail.step(`.values()[${entries.length}]`);
    entries.push([writtenKey, inOrder(value, trail)]);
  }
  trail.leave();
  return tagged("map", byText(entries));
}

function setInOrder(set: ReadonlySet<unknown>, trail: Trail): Tagged {
  enter(set, trail);
  const members: unknown[] = [];
  for (const member of Set.prototype.values.call(set) as SetIterator<unknown>) {
    trail.step(`.values()[${members.length}]`);
    members.push(inOrder(member, trail));
  }
  trail.leave();
  return tagged("set", byText(members));
}

function byText(written: readonly unknown[]): unknown[] {
  return written
    .map((member) => ({ member, text: JSON.stringify(member) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ member }) => member);
}

function enter(container: object, trail: Trail): void {
  const found = trail.enter(container);
  if (found === undefined) return;
  if (found.problem === "deep") throw unhashable(`${found.at}… is nested more than ${MAX_DEPTH} levels deep`);
  throw unhashable(`${found.again} is ${found.first} again; a value must not hold itself`);
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
