import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { newFolder } from "../../support/folder.ts";

const ROOT = dirname(dirname(dirname(import.meta.dirname)));

/**
 * A program as plain JavaScript on the built package: it starts in a third of the time that a
 * loader for TypeScript takes, and it is started some hundred times.
 */
export function compileProgram(name = "main"): string {
  const folder = newFolder("crash-program-");
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
    "bin",
    "tsc",
  );
  const source = join(import.meta.dirname, "..", "program");
  const options = [
    ["--ignoreConfig", "--noCheck", "--rewriteRelativeImportExtensions", "--erasableSyntaxOnly"],
    ["--module", "nodenext", "--target", "es2023", "--types", "node"],
    ["--rootDir", source, "--outDir", folder],
  ].flat();
  const entry = join(source, `${name}.ts`);
  const built = spawnSync(process.execPath, [compiler, ...options, entry], { cwd: ROOT, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the program does not compile:\n${built.stdout}${built.stderr}`);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "segno"));
  return join(folder, `${name}.js`);
}
