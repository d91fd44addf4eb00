import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newFolder } from "../../test/support/folder.ts";
import { segno } from "./fixtures/segno.ts";

/** A home of its own, and nothing else set. */
const home = () => ({ SEGNO_HOME: newFolder("home-"), SEGNO_LOGGING_PRINT: "" });

interface View {
  readonly profile: string;
  readonly settings: readonly { name: string; value: unknown; source: string; from: string }[];
}

test("config view shows each setting with its source, and no secrets", async () => {
  const env = { ...home(), SEGNO_LOGGING_LEVEL: "error", SEGNO_API_KEY: "sekret" };
  await segno(["config", "set", "store.busy_timeout=5s", "tasks.default_retries=4"], env);
  const { stdout } = await segno(["config", "view"], env);
  expect(stdout).toMatch(/^store\.busy_timeout +5s +.*profiles\.toml:2$/m);
  expect(stdout).toMatch(/^logging\.level +error +SEGNO_LOGGING_LEVEL$/m);
  expect(stdout).toMatch(/^flows\.default_retries +0 +default$/m);
  expect(stdout).toMatch(/^api\.key +\*+ +SEGNO_API_KEY$/m);
  expect(stdout).not.toContain("sekret");

  const set = await segno(["config", "view", "--hide-defaults", "--json"], env);
  const view = JSON.parse(set.stdout) as View;
  expect(view.settings.map(({ name, value, source }) => [name, value, source])).toEqual([
    ["home", env.SEGNO_HOME, "env"],
    ["store.busy_timeout", 5000, "profile"],
    ["logging.level", "error", "env"],
    ["tasks.default_retries", 4, "profile"],
    ["api.key", "********", "env"],
  ]);
  const shown = await segno(["config", "view", "--show-secrets"], env);
  expect(shown.stdout).toContain("sekret");
});

test("config set and unset change the profile, and say what hides it", async () => {
  const env = home();
  const file = join(env.SEGNO_HOME, "profiles.toml");
  expect((await segno(["config", "set", "logging.level", "debug"], env)).code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe('[profiles.default]\nlogging.level = "debug"\n');
  const hidden = await segno(["config", "set", "logging.level=info"], {
    ...env,
    SEGNO_LOGGING_LEVEL: "error",
  });
  expect(hidden.stderr).toContain("SEGNO_LOGGING_LEVEL is set in the environment");
  expect((await segno(["config", "unset", "logging.level"], env)).code).toBe(0);
  expect(await segno(["config", "unset", "logging.level"], env)).toMatchObject({ code: 3 });
});

test.each([
  [["config", "set", "logging.levl=debug"], 2, /no setting "logging\.levl"[^]*Did you mean logging\.level\?/],
  [["config", "set", "logging.level=loud"], 2, /is "loud"; expected one of debug, info/],
  [["config", "set", "logging.level"], 2, /"logging\.level" sets nothing; expected name=value/],
  [["config", "unset", "nope"], 2, /no setting "nope"/],
])("%j is refused with exit code %i", async (args, exit, message) => {
  const { code, stderr } = await segno(args, home());
  expect(stderr).toMatch(message);
  expect(code).toBe(exit);
});

test("a wrong setting stops a command with its place, and no stack", async () => {
  const env = home();
  writeFileSync(join(env.SEGNO_HOME, "profiles.toml"), '[profiles.default]\nstore.busy_timeout = "soon"\n');
  const { code, stderr } = await segno(["flow-run", "ls"], env);
  expect(code).toBe(2);
  expect(stderr).toMatch(/profiles\.toml:2: store\.busy_timeout is "soon"; expected a duration/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a server, which nothing here can speak to, is refused and not passed over", async () => {
  const { code, stderr } = await segno(["flow-run", "ls"], {
    ...home(),
    SEGNO_API_URL: "http://127.0.0.1:4200/api",
  });
  expect(code).toBe(2);
  expect(stderr).toMatch(/api\.url is "http.*knows the embedded store only/);
});

test("a store that is none ends with 5 and says what to do", async () => {
  const file = join(newFolder(), "notes.txt");
  writeFileSync(
    file,
    "this is not a database, but a text that is long enough to be taken for a file of one".repeat(20),
  );
  const { code, stderr } = await segno(["flow-run", "ls"], { SEGNO_STORE_PATH: file });
  expect(code).toBe(5);
  expect(stderr).toContain(file);
  expect(stderr).toMatch(/SEGNO_STORE_PATH/);
});

test("help lists the commands and the exit codes; a wrong word gets the nearest", async () => {
  const help = await segno(["--help"]);
  expect(help.code).toBe(0);
  for (const word of ["run [options] <file:export>", "flow-run", "concurrency-limit", "Exit codes:", "130"]) {
    expect(help.stdout).toContain(word);
  }
  expect((await segno([])).stdout).toBe(help.stdout);
  const wrong = await segno(["flow-rnu", "ls"]);
  expect(wrong).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("Did you mean flow-run?") as string,
  });
  const option = await segno(["flow-run", "ls", "--jsn"]);
  expect(option).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Did you mean --json?") as string,
  });
  expect((await segno(["flow-run"])).code).toBe(2);
});

test("version tells the version and where things are", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  const env = home();
  expect((await segno(["--version"])).stdout).toBe(`${version}\n`);
  expect((await segno(["version"], env)).stdout).toMatch(new RegExp(`^segno ${version}\\n[^]*not there yet`));
  const told = JSON.parse((await segno(["version", "--json"], env)).stdout) as Record<string, unknown>;
  expect(told).toMatchObject({
    version,
    home: env.SEGNO_HOME,
    store: { path: join(env.SEGNO_HOME, "segno.db"), size: null },
  });
});

test("help and version load neither a database nor a TypeScript loader", async () => {
  for (const args of [["--help"], ["version"]]) {
    const { stderr } = await segno(args, { NODE_DEBUG: "esm" });
    expect(stderr).not.toMatch(/kysely|photostructure|tsx\/dist|zod/);
  }
});
