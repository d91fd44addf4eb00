import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { getSettings } from "./settings.ts";
import { setSetting, unsetSetting } from "./write.ts";

function home(profiles?: string): { SEGNO_HOME: string; file: string } {
  const folder = mkdtempSync(join(process.env["SEGNO_TEST_ROOT"] ?? tmpdir(), "write-"));
  const file = join(folder, "profiles.toml");
  if (profiles !== undefined) writeFileSync(file, profiles);
  return { SEGNO_HOME: folder, file };
}

describe("setSetting", () => {
  test("makes the file, which others cannot read", () => {
    const { file, ...env } = home();
    setSetting("store.busy_timeout", "5s", env);
    expect(readFileSync(file, "utf8")).toBe('[profiles.default]\nstore.busy_timeout = "5s"\n');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(getSettings(env).store.busyTimeout).toBe(5000);
  });

  test("keeps comments, order and other profiles", () => {
    const { file, ...env } = home(
      [
        "# top",
        "[profiles.default] # mine",
        'store.path = "a.db" # here',
        "",
        "[profiles.team]",
        'store.path = "t.db"',
        "",
      ].join("\n"),
    );
    setSetting("store.path", "b.db", env);
    setSetting("SEGNO_TASKS_DEFAULT_RETRIES", "8", env);
    expect(readFileSync(file, "utf8").split("\n")).toEqual([
      "# top",
      "[profiles.default] # mine",
      'store.path = "b.db" # here',
      "tasks.default_retries = 8",
      "",
      "[profiles.team]",
      'store.path = "t.db"',
      "",
    ]);
    setSetting("logging.level", "debug", { ...env, SEGNO_PROFILE: "team" });
    expect(getSettings({ ...env, SEGNO_PROFILE: "team" }).logging.level).toBe("debug");
    expect(getSettings(env).logging.level).toBe("info");
  });

  test("writes into a table of the setting's group when there is one", () => {
    const { file, ...env } = home('[profiles.default]\n[profiles.default.store]\npath = "a.db"\n');
    setSetting("store.busy_timeout", "5s", env);
    setSetting("flows.default_retries", "10", env);
    expect(readFileSync(file, "utf8")).toContain('path = "a.db"\nbusy_timeout = "5s"');
    expect(getSettings(env).store.busyTimeout).toBe(5000);
    expect(getSettings(env).flows.defaultRetries).toBe(10);
  });

  test("values with quotes, backslashes and hashes come back as they were", () => {
    const { file, ...env } = home();
    for (const key of ['a"b', "c\\d", "e#f", "ü\u0001"]) {
      setSetting("api.key", key, env);
      expect(getSettings(env).api.key).toBe(key);
    }
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(3);
  });

  test("refuses what it does not know and what does not fit, and writes nothing", () => {
    const { file, ...env } = home("[profiles.default]\n");
    expect(() => setSetting("store.pth", "x", env)).toThrow(
      /no setting "store\.pth"\n.*Did you mean store\.path\?/,
    );
    expect(() => setSetting("logging.level", "loud", env)).toThrow(
      /logging\.level is "loud"; expected one of/,
    );
    expect(() => setSetting("home", "/x", env)).toThrow(/SEGNO_HOME/);
    expect(readFileSync(file, "utf8")).toBe("[profiles.default]\n");
  });

  test("says which variable hides what was written", () => {
    const { file: _, ...env } = home();
    expect(setSetting("logging.level", "debug", { ...env, SEGNO_LOGGING_LEVEL: "error" }).hiddenBy).toBe(
      "SEGNO_LOGGING_LEVEL",
    );
    expect(setSetting("logging.level", "debug", env).hiddenBy).toBeUndefined();
  });
});

test("unsetSetting takes the line out, and says when there was none", () => {
  const { file, ...env } = home('[profiles.default]\n# why\nstore.path = "a.db"\n');
  expect(unsetSetting("store.path", env)?.name).toBe("store.path");
  expect(readFileSync(file, "utf8")).toBe("[profiles.default]\n# why\n");
  expect(unsetSetting("store.path", env)).toBeNull();
});
