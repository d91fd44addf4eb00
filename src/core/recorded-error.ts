import { read } from "./error-class.ts";
import { type ErrorLimits, tagError, tagThrown } from "./error-tag.ts";
import { decodeJson, encodeJson } from "./serialize.ts";
import { describeValue, kindOf } from "./value-kind.ts";

/**
 * What was thrown, as a row of the journal keeps it: text of 64 KiB at most, read by nobody's parser
 * but {@link reviveError}.
 *
 * Recording happens while something is already going wrong, so none of these functions throws,
 * whatever the thrown value's getters do.
 */

const MOST_BYTES = 65_536;

/**
 * Each is tried when the one before it gave too much. The last fits by arithmetic: name, message
 * and stack, at six bytes a character if all of them are escaped.
 */
const LIMITS: readonly ErrorLimits[] = [
  { text: 16_384, values: 500, depth: 6, causes: 10, errors: 20 },
  { text: 2048, values: 50, depth: 4, causes: 10, errors: 5 },
  { text: 1024, values: 8, depth: 2, causes: 3, errors: 1 },
  { text: 2048, values: 1, depth: 0, causes: 0, errors: 0 },
];

const BRIEF: ErrorLimits = { text: 200, values: 20, depth: 3, causes: 0, errors: 0 };

/**
 * Writes down a thrown value: an error with its class, stack, causes (10 at most) and own
 * properties, or whatever else was thrown. Long texts are cut until it all fits; own properties that
 * cannot be stored are left out, and those whose names say that they are secret (`authorization`,
 * `cookie`, `password`, …) are redacted.
 */
export function recordError(error: unknown): string {
  try {
    for (const limits of LIMITS) {
      const kept = isError(error) ? { tree: tagError(error, limits) } : tagThrown(error, limits);
      if (kept === undefined) break;
      const text = JSON.stringify(kept.tree);
      if (fits(text)) return text;
    }
  } catch {
    // What cannot be read at all is described instead.
  }
  return encodeJson(new Error(`a thrown value that could not be recorded: ${errorMessage(error)}`));
}

/** The thrown value that {@link recordError} wrote down, as far as it could. */
export function reviveError(text: string): unknown {
  try {
    return decodeJson(text);
  } catch (cause) {
    return new Error("the recorded error cannot be read back", { cause });
  }
}

/**
 * One line for people: `TypeError: x is not a function`; an ordinary Error's name says nothing and
 * is left out.
 */
export function errorMessage(error: unknown): string {
  try {
    const line = oneLine(isError(error) ? titleOf(error) : describeThrown(error));
    return line.length > 500 ? `${line.slice(0, 499)}…` : line;
  } catch {
    return "an unreadable value was thrown";
  }
}

function fits(text: string): boolean {
  return text.length <= MOST_BYTES / 3 || Buffer.byteLength(text) <= MOST_BYTES;
}

function isError(value: unknown): value is object {
  return typeof value === "object" && value !== null && kindOf(value) === "error";
}

function titleOf(error: object): string {
  const name = read(error, "name");
  const message = read(error, "message");
  const said = typeof message === "string" ? message : "";
  if (typeof name !== "string" || name === "" || name === "Error") return said === "" ? "Error" : said;
  return said === "" ? name : `${name}: ${said}`;
}

function describeThrown(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (typeof value !== "object" || value === null) return `${describeValue(value)} was thrown`;
  const message = read(value, "message");
  if (typeof message === "string" && message !== "") return message;
  const kept = tagThrown(value, BRIEF);
  return kept === undefined ? `${describeValue(value)} was thrown` : JSON.stringify(kept.tree);
}

function oneLine(text: string): string {
  // The cut comes first: a message may be a megabyte of HTML.
  return text.slice(0, 2000).replace(/\s+/g, " ").trim();
}
