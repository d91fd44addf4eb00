import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchProject } from "./scratch.ts";

const REPOSITORY = join(import.meta.dirname, "..");

/** Packs a small library with this repository's manifest, as a release would. */
function pack(): string {
  const root = scratchProject({
    "src/index.ts": `export { answer } from "./core/answer.ts";\n`,
    "src/core/answer.ts": `export const answer = 42;\n`,
    "src/core/answer.test.ts": `export {};\n`,
    "README.md": "# Segno\n",
    "user/package.json": `{ "name": "user" }`,
  });
  for (const name of ["package.json", "tsconfig.base.json", "tsconfig.build.json", "LICENSE"]) {
    copyFileSync(join(REPOSITORY, name), join(root, name));
  }
  for (const name of ["node_modules", "scripts"]) symlinkSync(join(REPOSITORY, name), join(root, name));
  execFileSync("npm", ["pack", "--silent"], { cwd: root, stdio: "pipe" });
  return root;
}

it("packs what runs in a user's project, also under the development condition", () => {
  const root = pack();
  const installed = join(root, "user", "node_modules", "segno");
  mkdirSync(installed, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  execFileSync("tar", ["-xzf", join(root, `segno-${version}.tgz`), "--strip-components=1"], {
    cwd: installed,
  });

  const script = `import { answer } from "segno"; console.log(answer);`;
  const command = ["--conditions=development", "--input-type=module", "-e", script];
  const said = execFileSync(process.execPath, command, { cwd: join(root, "user"), encoding: "utf8" });
  expect(said).toBe("42\n");

  const shipped = (path: string): boolean => existsSync(join(installed, path));
  expect(
    ["LICENSE", "README.md", "dist/index.d.ts", "src/core/answer.ts"].filter((path) => !shipped(path)),
  ).toEqual([]);
  expect(
    ["dist/.tsbuildinfo", "src/core/answer.test.ts", "scripts", "package.json.kept"].filter(shipped),
  ).toEqual([]);
});

it("leaves the repository's manifest as it was", () => {
  const root = pack();
  const manifest = (folder: string): string => readFileSync(join(folder, "package.json"), "utf8");
  expect(manifest(root)).toBe(manifest(REPOSITORY));
  expect(existsSync(join(root, "package.json.kept"))).toBe(false);
});
