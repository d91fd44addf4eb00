/** What stands for a value that throws when it is looked at. */
export const UNREADABLE = "an unreadable value";

/** Characters of one fact; a line is for reading. */
const MOST_CHARACTERS = 2000;

/**
 * Facts as they stand behind a message: ` chars=120 path="a b.txt"`.
 *
 * An error is written as its name and message wherever it stands, and never with its properties:
 * what HTTP clients hang on theirs (headers, tokens) must not reach a log.
 */
export function formatFacts(facts: Readonly<Record<string, unknown>> | undefined): string {
  if (facts === undefined || facts === null) return "";
  try {
    return Object.entries(facts)
      .map(([key, value]) => ` ${key}=${shorten(factText(value))}`)
      .join("");
  } catch {
    return ` facts=${JSON.stringify(UNREADABLE)}`;
  }
}

function factText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return plain(value) ? value : JSON.stringify(value);
    case "object":
      break;
    default:
      return String(value);
  }
  if (value === null) return "null";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `"invalid date"` : value.toISOString();
  if (value instanceof Error) return quoteIfNeeded(errorText(value));
  try {
    return JSON.stringify(value, readable) ?? "undefined";
  } catch (error) {
    return quoteIfNeeded(error instanceof TypeError ? "a circular value" : UNREADABLE);
  }
}

/** For `JSON.stringify`, which has already called `toJSON`. */
function readable(_key: string, value: unknown): unknown {
  if (value instanceof Error) return errorText(value);
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return typeof value === "bigint" ? String(value) : value;
}

/** One line: `TypeError: x is not a function`. */
export function errorText(error: Error): string {
  return `${error.name}: ${error.message}`;
}

function quoteIfNeeded(text: string): string {
  return plain(text) ? text : JSON.stringify(text);
}

/** Text that can stand without quotes and still be told from what comes after it. */
function plain(text: string): boolean {
  return /^[^\s"=]+$/.test(text);
}

function shorten(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
