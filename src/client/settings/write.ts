import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { parseSetting } from "./parse.ts";
import { parseToml, readToml } from "./profile.ts";
import { withoutSetting, withSetting } from "./profile-text.ts";
import { currentProfile, invalidSetting } from "./settings.ts";
import type { Environment } from "./settings.ts";
import { findSetting, SETTING_ROWS } from "./table.ts";
import type { SettingRow } from "./table.ts";

export interface SettingChange {
  readonly name: string;
  readonly profile: string;
  readonly file: string;
  /** The variable that hides what was written, if it is set now. */
  readonly hiddenBy: string | undefined;
}

/**
 * Writes a setting into the profile in force, keeping the file's comments and order.
 *
 * @throws RefusedError when there is no such setting or the value is not one it takes.
 */
export function setSetting(nameOrEnv: string, value: string, env: Environment = process.env): SettingChange {
  const row = writable(nameOrEnv);
  const { name: profile, file } = currentProfile(env);
  const answer = parseSetting(row, value, { folder: dirname(file), home: dirname(file) });
  if (!answer.ok) throw invalidSetting(row, value, { kind: "default" });
  const bare = row.type === "int" || row.type === "bool";
  rewrite(file, (text) =>
    withSetting(text, profile, row.name, bare ? String(answer.value) : JSON.stringify(value)),
  );
  return change(row, profile, file, env);
}

/** Takes a setting out of the profile in force; answers null when it was not in it. */
export function unsetSetting(nameOrEnv: string, env: Environment = process.env): SettingChange | null {
  const row = writable(nameOrEnv);
  const { name: profile, file, values } = currentProfile(env);
  if (!values.has(row.name)) return null;
  rewrite(file, (text) => withoutSetting(text, profile, row.name));
  return change(row, profile, file, env);
}

function change(row: SettingRow, profile: string, file: string, env: Environment): SettingChange {
  const hidden = env[row.env] !== undefined && env[row.env] !== "";
  return { name: row.name, profile, file, hiddenBy: hidden ? row.env : undefined };
}

function writable(nameOrEnv: string): SettingRow {
  const row = findSetting(nameOrEnv);
  if (row === undefined) {
    const names = SETTING_ROWS.map((candidate) => candidate.name);
    throw new RefusedError({
      code: "SEGNO_INVALID_SETTING",
      message: `there is no setting "${nameOrEnv}"`,
      help: didYouMean(nameOrEnv, names) ?? "`segno config view` lists every setting.",
    });
  }
  if (row.name === "home") {
    throw new RefusedError({
      code: "SEGNO_INVALID_SETTING",
      message: "home cannot be set in a profile, because the profile lies in it",
      help: "Set SEGNO_HOME in the environment instead.",
    });
  }
  return row;
}

function rewrite(file: string, edit: (text: string) => string): void {
  const text = edit(readToml(file)?.text ?? "");
  // A file that this line editor misread must not be replaced by one that nobody can read.
  parseToml(file, text);
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  // A profile may hold a key to a server.
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}
