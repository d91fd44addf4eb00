import { homedir } from "node:os";
import { resolve } from "node:path";
import { parseDuration } from "../../core/duration.ts";
import type { SettingRow } from "./table.ts";

export interface ParseBase {
  /** What a relative path is relative to. */
  readonly folder: string;
  /** What `$home` stands for; a setting's default may use it. */
  readonly home: string;
}

export type Parsed =
  { readonly ok: true; readonly value: string | number | boolean } | { readonly ok: false };

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  on: true,
  off: false,
  "1": true,
  "0": false,
};

const REFUSED: Parsed = { ok: false };

/** Reads a setting's text by its type; `expectation` says in words what would have been right. */
export function parseSetting(row: SettingRow, text: string, base: ParseBase): Parsed {
  switch (row.type) {
    case "path":
      return { ok: true, value: parsePath(text, base) };
    case "duration":
      return atLeast(row, milliseconds(text));
    case "int":
      return atLeast(row, /^-?\d+$/.test(text) ? Number(text) : undefined);
    case "bool":
      return given(BOOLEANS[text.toLowerCase()]);
    case "enum":
      return given(row.values?.find((value) => value === text.toLowerCase()));
    case "url":
      return /^https?:\/\/./i.test(text) && URL.canParse(text) ? { ok: true, value: text } : REFUSED;
    case "secret":
      return { ok: true, value: text };
  }
}

/** What a setting takes, in words, for messages and the documentation. */
export function expectation(row: SettingRow): string {
  switch (row.type) {
    case "path":
      return "a path";
    case "duration": {
      const least = row.min === undefined ? "" : `, at least ${row.min} ms`;
      return `a duration such as "30s", "2m" or a number of milliseconds${least}`;
    }
    case "int":
      return row.min === undefined ? "a whole number" : `a whole number, at least ${row.min}`;
    case "bool":
      return "true or false";
    case "enum":
      return `one of ${(row.values ?? []).join(", ")}`;
    case "url":
      return "an http or https URL";
    case "secret":
      return "a secret";
  }
}

function given(value: string | number | boolean | undefined): Parsed {
  return value === undefined ? REFUSED : { ok: true, value };
}

function atLeast(row: SettingRow, value: number | undefined): Parsed {
  if (value === undefined || !Number.isSafeInteger(Math.ceil(value))) return REFUSED;
  return value < (row.min ?? -Infinity) ? REFUSED : { ok: true, value };
}

/** An environment has only text, so a bare number is milliseconds here. */
function milliseconds(text: string): number | undefined {
  try {
    return parseDuration(/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);
  } catch {
    return undefined;
  }
}

function parsePath(text: string, base: ParseBase): string {
  if (text === "~" || text.startsWith("~/")) return resolve(homedir(), text.slice(2));
  if (text === "$home" || text.startsWith("$home/")) return resolve(base.home, text.slice("$home/".length));
  return resolve(base.folder, text);
}
