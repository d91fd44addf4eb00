import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchProject } from "./scratch.ts";

const REPOSITORY = join(import.meta.dirname, "..");
const CONFIGURATION = [
  ".gitignore",
  ".jscpd.json",
  ".oxlintrc.json",
  ".prettierignore",
  ".prettierrc",
  "knip.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
  "tsconfig.dev.json",
  "tsconfig.json",
];

const manifest = (more: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ name: "segno", type: "module", exports: "./src/index.ts", ...more }, null, 2)}\n`;

/** A function that is long enough for two of it to be a duplicate. */
function longSum(called: string): string {
  const lines = Array.from(
    { length: 12 },
    (_, i) => `  total += given.length * ${i + 2} + name.indexOf("${i}");\n`,
  );
  return `export function ${called}(given: string, name: string): number {\n  let total = 0;\n${lines.join("")}  return total;\n}\n`;
}

const CLEAN = {
  "package.json": manifest({}),
  "package-lock.json": `{ "packages": {} }`,
  "src/index.ts": `export { longSum } from "./core/long-sum.ts";\nexport { task } from "./flow/task.ts";\n`,
  "src/cli/main.ts": `console.log("segno");\n`,
  "src/flow/task.ts": `export const task = (name: string): string => name;\n`,
  "src/core/long-sum.ts": longSum("longSum"),
  "src/flow/task.test.ts": `import { task } from "./task.ts";\n\ntask("a");\n`,
};

interface Run {
  readonly status: number | null;
  readonly output: string;
}

/** The project has none of the repository's folders that are compiled by themselves. */
function leaveOutMissingProjects(root: string): void {
  const file = join(root, "tsconfig.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as { references: { path: string }[] };
  const references = config.references.filter(({ path }) => existsSync(join(root, path)));
  writeFileSync(file, `${JSON.stringify({ ...config, references }, null, 2)}\n`);
}

/** Runs the whole check, with this repository's configuration, in a project of these files. */
function check(files: Readonly<Record<string, string>>, ...asked: readonly string[]): Run {
  const root = scratchProject({ ...CLEAN, ...files });
  for (const name of CONFIGURATION) copyFileSync(join(REPOSITORY, name), join(root, name));
  leaveOutMissingProjects(root);
  symlinkSync(join(REPOSITORY, "node_modules"), join(root, "node_modules"));
  const command = ["--import", "tsx", join(REPOSITORY, "scripts", "check.ts"), ...asked];
  // knip and jscpd pass over what git ignores, and a temporary folder may lie in a repository.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: join(root, "..") };
  const child = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8", env, timeout: 60_000 });
  return { status: child.status, output: child.stdout + child.stderr };
}

describe("npm run check", { timeout: 60_000 }, () => {
  it("passes a project that keeps every rule", () => {
    const { status, output } = check({});
    expect(output).not.toContain("FAIL");
    expect(output).toContain("All checks passed.");
    expect(status).toBe(0);
  });

  it("fails each check for its own reason, and runs all of them", () => {
    const { status, output } = check({
      "package-lock.json": `{ "packages": { "node_modules/a": { "optionalDependencies": { "b": "1" } } } }`,
      "src/core/badly-formatted.ts": `export   const a = 1`,
      "src/core/badly-typed.ts": `export const length: string = 1;\n`,
      "src/core/linted.ts": `export const hole = (given: any): unknown => given;\n`,
      "src/core/too-high.ts": `import "../flow/task.ts";\n`,
      "src/core/impure.ts": `export const now = (): number => Date.now();\n`,
      "src/core/long.ts": "export {};\n".repeat(601),
      "src/core/copied-once.ts": longSum("once"),
      "src/core/copied-twice.ts": longSum("twice"),
    });
    const failed = [...output.matchAll(/^FAIL\s+(.+?)\s+[\d.]+ s$/gm)].map(([, name]) => name);
    expect(failed).toEqual([
      "format",
      "types",
      "lint",
      "rooms",
      "purity",
      "length",
      "dead code",
      "duplicates",
      "lockfile",
    ]);
    expect(output).toContain("src/core/badly-formatted.ts");
    expect(output).toMatch(/badly-typed\.ts.*TS2322/);
    expect(output).toMatch(/linted\.ts.*no-explicit-any/);
    expect(status).toBe(1);
  });

  it("refuses the name of a check that does not exist", () => {
    const { status, output } = check({}, "spelling");
    expect(output).toContain("No check is called spelling. There are: format, types, lint,");
    expect(status).toBe(2);
  });
});

describe("lint", () => {
  it.each([
    ["no-explicit-any", `export const f = (given: any): unknown => given;`],
    ["no-non-null-assertion", `export const f = (given: string | null): string => given!;`],
    ["no-floating-promises", `export const f = (g: () => Promise<void>): void => {\n  g();\n};`],
    ["no-misused-promises", `export const f = (g: () => Promise<boolean>): number => (g() ? 1 : 2);`],
    ["ban-ts-comment", `// @ts-ignore the types are wrong\nexport const f: string = 1;`],
    ["no-unsafe-assignment", `export const f = (): void => {\n  const a = JSON.parse("1");\n  void a;\n};`],
    ["no-default-export", `export default 1;`],
    ["consistent-type-imports", `import { Stats } from "node:fs";\nexport type A = Stats;`],
    [
      "switch-exhaustiveness-check",
      `export function f(a: 1 | 2): void {\n  switch (a) {\n    case 1:\n  }\n}`,
    ],
    ["no-cycle", `import "../index.ts";\nexport const a = 1;`, `export * from "./flow/refused.ts";`],
    ["no-console", `export const a = 1;`, ``, `console.log("seen");`],
  ])("refuses what %s is there for", (rule, text, index = "", core = "") => {
    const { status, output } = check(
      { "src/flow/refused.ts": `${text}\n`, "src/index.ts": `${index}\n`, "src/core/a.ts": `${core}\n` },
      "lint",
    );
    expect(output).toMatch(new RegExp(`${rule}\\)\\]`));
    expect(status).toBe(1);
  });

  it.each(["it.skip", "it.only"])("refuses %s in a test", (call) => {
    const text = `import { expect, it } from "vitest";\n\n${call}("a", () => {\n  expect(1).toBe(1);\n});\n`;
    expect(check({ "src/flow/a.test.ts": text }, "lint").status).toBe(1);
  });
});

describe("dead code", () => {
  it("refuses an export that nothing uses", () => {
    const { status, output } = check(
      { "src/flow/task.ts": `export const task = 1;\nexport const spare = 2;\n` },
      "dead code",
    );
    expect(output).toMatch(/spare\s+src\/flow\/task\.ts/);
    expect(status).toBe(1);
  });

  const usedByTest = {
    "src/flow/probe.test.ts": `import { task, probe } from "./task.ts";\n\ntask(probe);\n`,
  };

  it("refuses an export that only a test uses", () => {
    const text = `export const task = (a: number): number => a;\nexport const probe = 2;\n`;
    const { status, output } = check({ ...usedByTest, "src/flow/task.ts": text }, "dead code");
    expect(output).toMatch(/probe\s+src\/flow\/task\.ts/);
    expect(status).toBe(1);
  });

  it("refuses a file that only a test uses", () => {
    const files = {
      "src/flow/help.ts": `export const help = 1;\n`,
      "src/flow/help.test.ts": `import { help } from "./help.ts";\n\nhelp.toFixed();\n`,
    };
    const { status, output } = check(files, "dead code");
    expect(output).toContain("src/flow/help.ts");
    expect(status).toBe(1);
  });

  it("allows an export that only a test uses when it says @internal", () => {
    const text = `export const task = (a: number): number => a;\n/** @internal for tests */\nexport const probe = 2;\n`;
    const { status, output } = check({ ...usedByTest, "src/flow/task.ts": text }, "dead code");
    expect(output).toContain("All checks passed.");
    expect(status).toBe(0);
  });

  it("refuses a dependency that nothing imports", () => {
    const manifest = {
      name: "segno",
      type: "module",
      exports: "./src/index.ts",
      dependencies: { zod: "4.6.7" },
    };
    const { status, output } = check({ "package.json": JSON.stringify(manifest) }, "dead code");
    expect(output).toContain("zod");
    expect(status).toBe(1);
  });
});
