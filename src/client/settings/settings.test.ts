import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, expectTypeOf, test } from "vitest";
import { currentProfile, getSettings, resolveSettings } from "./settings.ts";
import { SETTING_ROWS } from "./table.ts";

function home(profiles?: string): string {
  const folder = mkdtempSync(join(process.env["SEGNO_TEST_ROOT"] ?? tmpdir(), "settings-"));
  if (profiles !== undefined) writeFileSync(join(folder, "profiles.toml"), profiles);
  return folder;
}

describe("names", () => {
  test("come from the place in the table and are unique", () => {
    const names = SETTING_ROWS.map((row) => row.name);
    expect(names).toContain("store.busy_timeout");
    expect(SETTING_ROWS.find((row) => row.name === "store.busy_timeout")?.env).toBe(
      "SEGNO_STORE_BUSY_TIMEOUT",
    );
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(SETTING_ROWS.map((row) => row.env)).size).toBe(names.length);
  });
});

describe("defaults", () => {
  test("lie under the home folder", () => {
    const folder = home();
    const settings = getSettings({ SEGNO_HOME: folder });
    expect(settings.home).toBe(folder);
    expect(settings.store.path).toBe(join(folder, "segno.db"));
    expect(settings.results.path).toBe(join(folder, "results"));
    expect(settings.store.busyTimeout).toBe(30_000);
    expect(settings.tasks.defaultRetries).toBe(0);
    expect(settings.logging).toEqual({ level: "info", toStore: true, print: "auto" });
    expect(settings.api).toEqual({ url: null, key: null });
  });

  test("the home folder is ~/.segno, and ~ is understood", () => {
    expect(getSettings({}).home).toBe(join(homedir(), ".segno"));
    expect(getSettings({ SEGNO_HOME: "~/elsewhere" }).store.path).toBe(
      join(homedir(), "elsewhere", "segno.db"),
    );
  });

  test("are typed", () => {
    const settings = getSettings({ SEGNO_HOME: home() });
    expectTypeOf(settings.store.busyTimeout).toEqualTypeOf<number>();
    expectTypeOf(settings.logging.print).toEqualTypeOf<"auto" | "always" | "never">();
    expectTypeOf(settings.api.url).toEqualTypeOf<string | null>();
    expectTypeOf(settings.tasks.disableCaching).toEqualTypeOf<boolean>();
  });
});

describe("the environment", () => {
  test("is read by type", () => {
    const settings = getSettings({
      SEGNO_HOME: home(),
      SEGNO_STORE_PATH: "data/my.db",
      SEGNO_STORE_BUSY_TIMEOUT: "1.5s",
      SEGNO_LOGGING_LEVEL: "DEBUG",
      SEGNO_LOGGING_TO_STORE: "off",
      SEGNO_TASKS_DEFAULT_RETRIES: "8",
      SEGNO_API_URL: "http://127.0.0.1:4200/api",
    });
    expect(settings.store).toEqual({ path: resolve("data/my.db"), busyTimeout: 1500 });
    expect(settings.logging.level).toBe("debug");
    expect(settings.logging.toStore).toBe(false);
    expect(settings.tasks.defaultRetries).toBe(8);
    expect(settings.api.url).toBe("http://127.0.0.1:4200/api");
  });

  test("an empty variable counts as unset", () => {
    expect(getSettings({ SEGNO_HOME: home(), SEGNO_STORE_BUSY_TIMEOUT: "" }).store.busyTimeout).toBe(30_000);
  });

  test.each([
    [
      "SEGNO_STORE_BUSY_TIMEOUT",
      "soon",
      /SEGNO_STORE_BUSY_TIMEOUT is "soon"; expected a duration such as "30s"/,
    ],
    ["SEGNO_STORE_BUSY_TIMEOUT", "-5s", /is "-5s"; expected a duration/],
    ["SEGNO_TASKS_DEFAULT_RETRIES", "3x", /is "3x"; expected a whole number, at least 0/],
    ["SEGNO_TASKS_DEFAULT_RETRIES", "-1", /at least 0/],
    ["SEGNO_RUNNER_LEASE", "10", /at least 1000 ms/],
    ["SEGNO_LOGGING_TO_STORE", "maybe", /expected true or false/],
    ["SEGNO_LOGGING_LEVEL", "loud", /expected one of debug, info, warning, error, critical/],
    ["SEGNO_API_URL", "localhost:4200", /expected an http or https URL/],
  ])("%s=%s is refused", (name, value, message) => {
    const read = (): unknown => getSettings({ SEGNO_HOME: home(), [name]: value });
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: "SEGNO_INVALID_SETTING" }));
  });
});

describe("the profile file", () => {
  const text = [
    "# mine",
    "[profiles.default]",
    'store.busy_timeout = "5s"',
    "tasks.default_retries = 4",
    "",
    "[profiles.team]",
    'api.url = "https://segno.example.org/api"',
    "[profiles.team.store]",
    'path = "team.db"',
    "",
  ].join("\n");

  test("stands above the defaults and below the environment", () => {
    const folder = home(text);
    expect(getSettings({ SEGNO_HOME: folder }).store.busyTimeout).toBe(5000);
    expect(getSettings({ SEGNO_HOME: folder, SEGNO_STORE_BUSY_TIMEOUT: "7s" }).store.busyTimeout).toBe(7000);
    expect(getSettings({ SEGNO_HOME: folder }).tasks.defaultRetries).toBe(4);
  });

  test("SEGNO_PROFILE chooses; the file's `active` is next; relative paths are the file's", () => {
    const folder = home(text);
    const settings = getSettings({ SEGNO_HOME: folder, SEGNO_PROFILE: "team" });
    expect(settings.store).toEqual({ path: join(folder, "team.db"), busyTimeout: 30_000 });
    expect(currentProfile({ SEGNO_HOME: home(`active = "team"\n${text}`) }).name).toBe("team");
  });

  test("says where each value came from", () => {
    const folder = home(text);
    const resolved = resolveSettings({ SEGNO_HOME: folder, SEGNO_LOGGING_LEVEL: "error" });
    const source = (name: string): unknown => resolved.find((entry) => entry.row.name === name)?.source;
    expect(source("store.busy_timeout")).toEqual({
      kind: "profile",
      profile: "default",
      file: join(folder, "profiles.toml"),
      line: 3,
    });
    expect(source("logging.level")).toEqual({ kind: "env", name: "SEGNO_LOGGING_LEVEL" });
    expect(source("results.path")).toEqual({ kind: "default" });
  });

  test("is read again after a change", () => {
    const folder = home(text);
    expect(getSettings({ SEGNO_HOME: folder }).tasks.defaultRetries).toBe(4);
    writeFileSync(join(folder, "profiles.toml"), "[profiles.default]\ntasks.default_retries = 16\n");
    expect(getSettings({ SEGNO_HOME: folder }).tasks.defaultRetries).toBe(16);
  });

  test.each([
    [
      "a bad value",
      '[profiles.default]\nlogging.level = "loud"\n',
      /profiles\.toml:2: logging\.level is "loud"; expected one of/,
    ],
    [
      "a wrong kind of value",
      "[profiles.default]\nlogging.level = [1]\n",
      /profiles\.toml:2: logging\.level is/,
    ],
    [
      "a typing error",
      "[profiles.default]\n\nlogging.levl = 1\n",
      /profiles\.toml:3: there is no setting "logging\.levl"\n.*Did you mean logging\.level\?/,
    ],
    [
      "home",
      '[profiles.default]\nhome = "/x"\n',
      /profiles\.toml:2: home cannot be set in a profile.*\n.*SEGNO_HOME/,
    ],
    ["bad TOML", "[profiles.default]\nstore.path = \n", /profiles\.toml:2: not valid TOML/],
    ["a list of profiles", "profiles = 3\n", /profiles is 3; expected a table/],
    ["an active that is no name", "active = 3\n", /profiles\.toml:1: active is 3/],
    [
      "an unknown active",
      'active = "teem"\n[profiles.team]\n',
      /has no \[profiles\.teem\]\n.*Did you mean team\?/,
    ],
  ])("%s is refused with its place", (_, content, message) => {
    const folder = home(content);
    const read = (): unknown => getSettings({ SEGNO_HOME: folder });
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: "SEGNO_INVALID_SETTING" }));
  });

  test("an unknown SEGNO_PROFILE is refused, with and without a file", () => {
    expect(() => getSettings({ SEGNO_HOME: home(text), SEGNO_PROFILE: "teem" })).toThrow(
      /SEGNO_PROFILE is "teem".*\n.*team/,
    );
    expect(() => getSettings({ SEGNO_HOME: home(), SEGNO_PROFILE: "team" })).toThrow(
      /there is no .*profiles\.toml/,
    );
  });

  test("a folder in its place is an error, not a default", () => {
    const folder = home();
    mkdirSync(join(folder, "profiles.toml"));
    expect(() => getSettings({ SEGNO_HOME: folder })).toThrow(/EISDIR/);
  });
});
