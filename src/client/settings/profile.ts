import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as SmolToml from "smol-toml";
import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { lineOf } from "./profile-text.ts";
import { findSetting, SETTING_ROWS } from "./table.ts";

/** The settings of one profile, as written; empty when there is no file. */
export interface Profile {
  readonly name: string;
  readonly file: string;
  readonly values: ReadonlyMap<string, ProfileValue>;
}

export interface ProfileValue {
  readonly text: string;
  readonly line: number | undefined;
}

interface ParsedFile {
  readonly stamp: string;
  readonly text: string;
  readonly root: Readonly<Record<string, unknown>>;
}

const parsed = new Map<string, ParsedFile>();

/**
 * The profile in force: the one `SEGNO_PROFILE` names, else the file's `active`, else `default`.
 *
 * The file is parsed again only when its size or time changed, and the parser is loaded only when
 * there is a file: most machines have none, and every start would pay for it.
 */
export function readProfile(home: string, env: Readonly<Record<string, string | undefined>>): Profile {
  const file = join(home, "profiles.toml");
  const wanted = env["SEGNO_PROFILE"] ?? "";
  const contents = readToml(file);
  if (contents === undefined) {
    if (wanted === "" || wanted === "default") return { name: "default", file, values: new Map() };
    throw invalid(
      `SEGNO_PROFILE is "${wanted}", but there is no ${file}`,
      "Create it with `segno config set`, or unset SEGNO_PROFILE.",
    );
  }
  const { root, text } = contents;
  const profiles = asTable(root["profiles"], file, "profiles") ?? {};
  const name = wanted === "" ? activeOf(root, file, text) : wanted;
  const table = asTable(profiles[name], file, `profiles.${name}`);
  if (table === undefined && name !== "default") {
    const origin = wanted === "" ? `${file}: active` : "SEGNO_PROFILE";
    const there = Object.keys(profiles);
    throw invalid(
      `${origin} is "${name}", but ${file} has no [profiles.${name}]`,
      didYouMean(name, there) ?? `It has: ${there.join(", ") || "no profile at all"}.`,
    );
  }
  return { name, file, values: collect(table ?? {}, name, file, text) };
}

/** The parser, loaded at the first file. `require`, because settings are read synchronously. */
function toml(): typeof SmolToml {
  return createRequire(import.meta.url)("smol-toml") as typeof SmolToml;
}

/** The file's text, or undefined when there is none. */
export function readToml(file: string): ParsedFile | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const stamp = `${stat.mtimeMs}:${stat.size}`;
  const known = parsed.get(file);
  if (known?.stamp === stamp) return known;
  const text = readFileSync(file, "utf8");
  const fresh = { stamp, text, root: parseToml(file, text) };
  parsed.set(file, fresh);
  return fresh;
}

export function parseToml(file: string, text: string): Readonly<Record<string, unknown>> {
  const { parse, TomlError } = toml();
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    throw invalid(
      `${file}:${error.line}: not valid TOML: ${reason}`,
      "Mend the line, or delete the file.",
      error,
    );
  }
}

function activeOf(root: Readonly<Record<string, unknown>>, file: string, text: string): string {
  const active = root["active"] ?? "default";
  if (typeof active === "string") return active;
  const line = lineOf(text, "active") ?? 1;
  throw invalid(`${file}:${line}: active is ${JSON.stringify(active)}; expected a profile's name`);
}

function asTable(value: unknown, file: string, where: string): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(`${file}: ${where} is ${JSON.stringify(value)}; expected a table`);
}

/** `{ store: { path: "x" } }` as `store.path → x`. A name that no setting has is refused: it is a typing error. */
function collect(
  table: Readonly<Record<string, unknown>>,
  profile: string,
  file: string,
  text: string,
): Map<string, ProfileValue> {
  const values = new Map<string, ProfileValue>();
  const visit = (node: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [key, value] of Object.entries(node)) {
      const name = `${prefix}${key}`;
      const line = lineOf(text, `profiles.${profile}.${name}`);
      if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
        visit({ ...value }, `${name}.`);
      } else {
        refuseUnknown(name, `${file}${line === undefined ? "" : `:${line}`}`);
        values.set(name, { text: Array.isArray(value) ? JSON.stringify(value) : String(value), line });
      }
    }
  };
  visit(table, "");
  return values;
}

function refuseUnknown(name: string, where: string): void {
  if (name === "home") {
    throw invalid(
      `${where}: home cannot be set in a profile, because the profile lies in it`,
      "Set SEGNO_HOME in the environment instead.",
    );
  }
  if (findSetting(name)?.name === name) return;
  throw invalid(
    `${where}: there is no setting "${name}"`,
    didYouMean(
      name,
      SETTING_ROWS.map((row) => row.name),
    ) ?? "`segno config view` lists every setting.",
  );
}

function invalid(message: string, help?: string, cause?: unknown): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_SETTING",
    message,
    ...(help === undefined ? {} : { help }),
    cause,
  });
}
