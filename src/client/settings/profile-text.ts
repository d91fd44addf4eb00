/**
 * Where things stand in the text of `profiles.toml`.
 *
 * The TOML parser gives values without their lines, and its writer would drop comments; so messages
 * find the line here, and `config set` changes that one line. Only what a profile holds is known:
 * tables and one-line `key = value` pairs.
 */

export interface ProfileLine {
  /** From 1. */
  readonly number: number;
  /** The whole dotted path, tables included: `profiles.default.store.path`. */
  readonly path: string;
  readonly isTable: boolean;
}

const TABLE = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/;
const PAIR = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/;

function normalise(dotted: string): string {
  return dotted
    .split(".")
    .map((part) => part.trim().replaceAll(/^["']|["']$/g, ""))
    .join(".");
}

/** The tables and pairs of a file, in order. */
function profileLines(text: string): readonly ProfileLine[] {
  const found: ProfileLine[] = [];
  let table = "";
  for (const [index, line] of text.split("\n").entries()) {
    const header = TABLE.exec(line)?.[1];
    if (header !== undefined) {
      table = normalise(header);
      found.push({ number: index + 1, path: table, isTable: true });
      continue;
    }
    const key = PAIR.exec(line)?.[1];
    if (key === undefined) continue;
    found.push({ number: index + 1, path: join(table, normalise(key)), isTable: false });
  }
  return found;
}

export function lineOf(text: string, path: string): number | undefined {
  return profileLines(text).find((line) => !line.isTable && line.path === path)?.number;
}

const VALUE = /^\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#\s]+)/;

/** The text with a setting of a profile written; a line that was there is changed where it stands. */
export function withSetting(text: string, profile: string, name: string, literal: string): string {
  const table = `profiles.${profile}`;
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const known = profileLines(text);
  const number = lineOf(text, `${table}.${name}`);
  if (number !== undefined) {
    const old = lines[number - 1] ?? "";
    const value = old.indexOf("=") + 1;
    lines[number - 1] = `${old.slice(0, value)} ${literal}${old.slice(value).replace(VALUE, "")}`;
    return `${lines.join("\n")}\n`;
  }
  const home = tableFor(known, table, name);
  if (home === undefined) {
    lines.push(...(lines.length > 0 ? [""] : []), `[profiles.${tomlKey(profile)}]`, `${name} = ${literal}`);
  } else {
    const following = known.filter((line) => line.number > home.header.number);
    const end = following.findIndex((line) => line.isTable);
    const last = (end === -1 ? following : following.slice(0, end)).at(-1) ?? home.header;
    lines.splice(last.number, 0, `${home.key} = ${literal}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The innermost table that is written out: TOML refuses `store.path` beside a `[….store]`. */
function tableFor(
  known: readonly ProfileLine[],
  table: string,
  name: string,
): { readonly header: ProfileLine; readonly key: string } | undefined {
  const parts = name.split(".");
  for (let taken = parts.length - 1; taken >= 0; taken--) {
    const path = [table, ...parts.slice(0, taken)].join(".");
    const header = known.find((line) => line.isTable && line.path === path);
    if (header !== undefined) return { header, key: parts.slice(taken).join(".") };
  }
  return undefined;
}

/** The text without a setting of a profile. */
export function withoutSetting(text: string, profile: string, name: string): string {
  const number = lineOf(text, `profiles.${profile}.${name}`);
  if (number === undefined) return text;
  return text
    .split("\n")
    .filter((_, index) => index !== number - 1)
    .join("\n");
}

function join(table: string, key: string): string {
  return table === "" ? key : `${table}.${key}`;
}

function tomlKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
}
