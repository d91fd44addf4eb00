import { reviveErrorTag } from "./error-class.ts";
import { StoppedError } from "./errors.ts";
import { reviveLeaf, TAG, UNDEFINED_TEXT } from "./value-tag.ts";

/**
 * Reads what `encodeJson` wrote; plain JSON is read as it is.
 *
 * @throws StoppedError `SEGNO_UNDECODABLE` when the text is neither.
 */
export function decodeJson(text: string): unknown {
  if (text === UNDEFINED_TEXT) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return text.includes(`"${TAG}"`) ? revive(value) : value;
  } catch (error) {
    if (error instanceof StoppedError) throw error;
    throw undecodable(error instanceof Error ? error.message : String(error), error);
  }
}

function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const member: unknown = value[i];
      if (typeof member === "object" && member !== null) value[i] = revive(member);
    }
    return value;
  }
  return Object.hasOwn(value, TAG) ? reviveTag(value as Record<string, unknown>) : reviveMembers(value);
}

/** In place: the tree is fresh from JSON.parse, and its keys (even __proto__) are its own. */
function reviveMembers(object: object): object {
  const members = object as Record<string, unknown>;
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (typeof member === "object" && member !== null) members[key] = revive(member);
  }
  return object;
}

function reviveTag(tag: Record<string, unknown>): unknown {
  const kind = tag[TAG];
  const v = tag.v;
  if (kind === "undefined") return undefined;
  if (kind === "map" && Array.isArray(v)) return new Map(v.map((entry: unknown) => reviveEntry(entry)));
  if (kind === "set" && Array.isArray(v)) return new Set(v.map(revive));
  if (kind === "object" && isRecord(v)) return reviveMembers(v);
  if (kind === "error" && isRecord(v)) return reviveErrorTag(reviveMembers(v) as Record<string, unknown>);
  const leaf = reviveLeaf(kind, tag);
  if (leaf === undefined) throw undecodable(`it has a value of the unknown kind ${JSON.stringify(kind)}`);
  return leaf;
}

function reviveEntry(entry: unknown): [unknown, unknown] {
  if (!Array.isArray(entry)) throw new TypeError("a Map's entry is not a pair");
  return [revive(entry[0]), revive(entry[1])];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function undecodable(reason: string, cause?: unknown): StoppedError {
  return new StoppedError({
    code: "SEGNO_UNDECODABLE",
    message: `A stored value cannot be read back: ${reason}.`,
    help: "It was written by a newer version or changed from outside: upgrade, or restore the store from a backup.",
    ...(cause === undefined ? {} : { cause }),
  });
}
