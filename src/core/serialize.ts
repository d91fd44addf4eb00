import { tagError, WHOLE_ERROR } from "./error-tag.ts";
import { RefusedError } from "./errors.ts";
import { describeValue, isPlain, kindOf } from "./value-kind.ts";
import { isJsonNumber, TAG, tagged, tagLeaf, tagNumber, UNDEFINED_TAG, UNDEFINED_TEXT } from "./value-tag.ts";
import { MAX_DEPTH, Trail } from "./value-trail.ts";

export { decodeJson } from "./deserialize.ts";

/**
 * The journal's JSON.
 *
 * A walk looks for what JSON has no word for and copies only what holds such a thing; all else goes
 * to `JSON.stringify` as it is. Plain data therefore costs one look at every value on top of it.
 */

/**
 * Writes a value down such that `decodeJson` gives it back.
 *
 * Besides JSON it keeps: undefined, bigint, NaN, the infinities, -0, Date, Map, Set, RegExp, URL,
 * ArrayBuffer and its views (a Buffer comes back as Uint8Array), and errors with their stack, cause
 * and own properties (of those, what cannot be stored is left out). A subclass of one of these
 * comes back as what it extends; other instances are written as their `toJSON` gives, and refused
 * if they have none. A value referred to twice comes back as two equal values; holes in an array
 * come back as undefined; symbol keys are not kept, as in JSON.
 *
 * @param what the first word of the path in a refusal, e.g. `"result"`.
 * @throws RefusedError `SEGNO_UNSERIALIZABLE` for functions, symbols, promises, instances, nesting
 * past 1000 levels and text past V8's longest string; `SEGNO_CIRCULAR` for a value that holds itself.
 * @example
 * decodeJson(encodeJson({ at: new Date(0), seen: new Set([1n]) }));
 */
export function encodeJson(value: unknown, what = "value"): string {
  if (value === undefined) return UNDEFINED_TEXT;
  const trail = new Trail(what);
  try {
    return JSON.stringify(tag(value, trail));
  } catch (error) {
    throw asRefusal(error, trail);
  }
}

function tag(value: unknown, trail: Trail): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return isJsonNumber(value) ? value : tagNumber(value);
    case "object":
      return value === null ? null : tagObject(value, trail);
    case "undefined":
      return UNDEFINED_TAG;
    case "bigint":
      return tagged("bigint", String(value));
    default:
      throw unserializable(value, trail);
  }
}

function tagObject(value: object, trail: Trail): unknown {
  if (Array.isArray(value)) return tagArray(value, trail);
  if (isPlain(value) && typeof Reflect.get(value, "toJSON") !== "function") return tagPlain(value, trail);
  const kind = kindOf(value);
  switch (kind) {
    case "date":
    case "regexp":
    case "url":
    case "bytes":
      return tagLeaf(kind, value);
    case "error":
      return tagError(value, WHOLE_ERROR);
    case "map":
      return tagMap(value as Map<unknown, unknown>, trail);
    case "set":
      return tagSet(value as Set<unknown>, trail);
    case "toJSON":
      enter(value, trail);
      trail.step(".toJSON()");
      return leave(tag((value as { toJSON(): unknown }).toJSON(), trail), trail);
    default:
      throw unserializable(value, trail);
  }
}

function tagArray(array: readonly unknown[], trail: Trail): unknown {
  enter(array, trail);
  let copy: unknown[] | undefined;
  for (let i = jsonNumbersAtStart(array); i < array.length; i++) {
    const member = array[i];
    if (typeof member === "string") continue;
    trail.step(i);
    const written = tag(member, trail);
    if (written !== member) {
      copy ??= array.slice();
      copy[i] = written;
    }
  }
  return leave(copy ?? array, trail);
}

/** A loop of its own, because embeddings are arrays of a thousand numbers. */
function jsonNumbersAtStart(array: readonly unknown[]): number {
  for (let i = 0; i < array.length; i++) {
    const member = array[i];
    if (typeof member !== "number" || !isJsonNumber(member)) return i;
  }
  return array.length;
}

function tagPlain(object: object, trail: Trail): unknown {
  enter(object, trail);
  const members = object as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  let escape = false;
  for (const key of Object.keys(members)) {
    if (key === TAG) escape = true;
    const member = members[key];
    if (typeof member === "string") continue;
    trail.step(key);
    const written = tag(member, trail);
    if (written !== member) {
      // Spreading defines a key named __proto__, and assigning to one that is there is safe.
      copy ??= { ...members };
      copy[key] = written;
    }
  }
  const whole = leave(copy ?? object, trail);
  return escape ? tagged("object", whole) : whole;
}

function tagMap(map: ReadonlyMap<unknown, unknown>, trail: Trail): unknown {
  enter(map, trail);
  const entries: [unknown, unknown][] = [];
  for (const [key, value] of Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>) {
    trail.step(`.keys()[${entries.length}]`);
    const writtenKey = tag(key, trail);
    trail.step(
      typeof key === "object" ? `.values()[${entries.length}]` : `.get(${JSON.stringify(writtenKey)})`,
    );
    entries.push([writtenKey, tag(value, trail)]);
  }
  return leave(tagged("map", entries), trail);
}

function tagSet(set: ReadonlySet<unknown>, trail: Trail): unknown {
  enter(set, trail);
  const members: unknown[] = [];
  for (const member of Set.prototype.values.call(set) as SetIterator<unknown>) {
    trail.step(`.values()[${members.length}]`);
    members.push(tag(member, trail));
  }
  return leave(tagged("set", members), trail);
}

function enter(container: object, trail: Trail): void {
  const found = trail.enter(container);
  if (found === undefined) return;
  if (found.problem === "circular") {
    throw new RefusedError({
      code: "SEGNO_CIRCULAR",
      message: `${found.again} is ${found.first} again; expected a value that does not hold itself.`,
      help: "Leave the way back out, or refer to the other by an id.",
      facts: { path: found.again, first: found.first },
    });
  }
  throw new RefusedError({
    code: "SEGNO_UNSERIALIZABLE",
    message: `${found.at}… is nested more than ${MAX_DEPTH} levels deep; expected ${MAX_DEPTH} at most.`,
    help: "Store it flat: a list of items that refer to each other by an id.",
    facts: { path: found.at },
  });
}

function leave<T>(written: T, trail: Trail): T {
  trail.leave();
  return written;
}

const PLAIN_DATA =
  "plain data (JSON, undefined, bigint, Date, Map, Set, RegExp, URL, typed arrays, errors, or an instance with toJSON)";

function unserializable(value: unknown, trail: Trail): RefusedError {
  const path = trail.path();
  const came = describeValue(value);
  return new RefusedError({
    code: "SEGNO_UNSERIALIZABLE",
    message: `${path} is ${came}; expected ${PLAIN_DATA}.`,
    help:
      came === "a promise"
        ? "Await it first."
        : "Leave it out, or turn it into plain data first; a custom serializer can store other things.",
    facts: { path, value: came },
  });
}

function asRefusal(error: unknown, trail: Trail): RefusedError {
  if (error instanceof RefusedError) return error;
  const path = trail.path();
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /string length/i.test(reason)) {
    return new RefusedError({
      code: "SEGNO_UNSERIALIZABLE",
      message: `${path} is longer as JSON than the longest string there can be (512 MiB).`,
      help: "Write it to a file or a bucket and store where it lies.",
      facts: { path },
      cause: error,
    });
  }
  return new RefusedError({
    code: "SEGNO_UNSERIALIZABLE",
    message: `${path} cannot be read: ${reason}.`,
    help: "Store plain data: a copy without getters, proxies and deep recursion.",
    facts: { path },
    cause: error,
  });
}
