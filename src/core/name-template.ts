import { RefusedError } from "./errors.ts";

const LONGEST_VALUE = 80;
const LONGEST_NAME = 200;

/**
 * A run's name from its template: `"load {path}"`, `"embed-{batch.id}"`.
 *
 * Between braces stands a key of `values`, or a dotted path into one; only own properties count.
 * `{{` and `}}` are braces. A value is cut at 80 characters and the name at 200, and line breaks
 * become spaces: a name is for a line of a list.
 *
 * @throws RefusedError `SEGNO_NAME_TEMPLATE` when a key is missing or a brace is left open.
 * @example
 * renderName("load {doc.path}", { doc: { path: "a.txt" } }); // "load a.txt"
 */
export function renderName(template: string, values: Readonly<Record<string, unknown>>): string {
  if (typeof template !== "string") {
    throw refusal(`expected a name's template to be text, got ${typeof template}`, String(template), values);
  }
  const name = template.includes("{") || template.includes("}") ? fill(template, values) : template;
  return cut(name.replace(/\s+/g, " ").trim(), LONGEST_NAME);
}

const PIECE = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(PIECE, (piece: string, path: string | undefined) => {
    if (piece === "{{") return "{";
    if (piece === "}}") return "}";
    if (path === undefined) {
      throw refusal(`expected every "{" to have its "}", got a single "${piece}"`, template, values);
    }
    return cut(show(lookUp(path.trim(), template, values)), LONGEST_VALUE);
  });
}

function lookUp(path: string, template: string, values: Readonly<Record<string, unknown>>): unknown {
  if (Object.hasOwn(values, path)) return values[path];
  let at: unknown = values;
  for (const key of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) {
      throw refusal(`expected {${path}} to be one of the values`, template, values);
    }
    at = Reflect.get(at, key);
  }
  return at;
}

function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "function":
    case "symbol":
      return typeof value;
    case "object":
      return value === null ? "null" : showObject(value);
    default:
      return String(value);
  }
}

function showObject(value: object): string {
  try {
    if (value instanceof Date) return value.toISOString();
    if (value instanceof URL) return value.href;
    if (value instanceof Error) return value.message;
    if (Array.isArray(value) && value.length > LONGEST_VALUE)
      return showObject(value.slice(0, LONGEST_VALUE));
    return JSON.stringify(value);
  } catch {
    // A name must not stop a run: what cannot be shown is only hinted at.
    return Array.isArray(value) ? `[${value.length}]` : "{…}";
  }
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Never between the halves of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(longest - 2)) ? longest - 2 : longest - 1;
  return `${text.slice(0, end)}…`;
}

function refusal(message: string, template: string, values: Readonly<Record<string, unknown>>): RefusedError {
  const keys = Object.keys(values);
  const known =
    keys.length === 0
      ? "There are no values here"
      : `There is ${keys.slice(0, 20).join(", ")}${keys.length > 20 ? ", …" : ""}`;
  return new RefusedError({
    code: "SEGNO_NAME_TEMPLATE",
    message: `The name template ${JSON.stringify(template)}: ${message}.`,
    help: `${known}; a dot leads inside ({batch.id}), and {{ stands for a brace.`,
    facts: { template, keys },
  });
}
