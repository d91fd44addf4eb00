import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { newFolder } from "../support/folder.ts";
import { GLOBALS } from "./preambles.ts";
import type { ExampleProgram } from "./program.ts";
import { ROOT } from "./project.ts";

const run = promisify(execFile);

/** The packages that an example may import. */
const PACKAGES = ["segno", "zod", "valibot", "arktype", "openai", "@anthropic-ai", "@types", "tsx"];

const TSCONFIG = {
  extends: join(ROOT, "tsconfig.base.json"),
  compilerOptions: {
    noEmit: true,
    incremental: false,
    allowImportingTsExtensions: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noUncheckedSideEffectImports: false,
    lib: ["ES2024", "DOM"],
    types: ["node"],
  },
  include: ["*.ts"],
};

/** A folder in which examples are compiled and run as those of a user of the package. */
export class Workshop {
  readonly #folder = newFolder("docs-");
  readonly #programs: readonly ExampleProgram[];

  constructor(programs: readonly ExampleProgram[]) {
    this.#programs = programs;
    const modules = join(this.#folder, "node_modules");
    mkdirSync(modules);
    for (const name of PACKAGES) {
      symlinkSync(name === "segno" ? ROOT : join(ROOT, "node_modules", name), join(modules, name));
    }
    this.#write("package.json", '{ "type": "module" }');
    this.#write("tsconfig.json", JSON.stringify(TSCONFIG));
    this.#write("globals.d.ts", GLOBALS);
    for (const [index, { text }] of programs.entries()) this.#write(nameOf(index), text);
  }

  /** Compiles all examples at once; answers what the compiler says, by the page and its line. */
  async compile(): Promise<string[]> {
    const tsc = join(ROOT, "node_modules", ".bin", "tsc");
    const output = await run(tsc, ["-p", this.#folder, "--pretty", "false"], { cwd: this.#folder }).then(
      () => "",
      (error: unknown) =>
        error instanceof Error && "stdout" in error ? String(error.stdout) : String(error),
    );
    return output
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => this.#inThePage(line));
  }

  /** Runs one example in a home of its own; rejects with what it printed when it fails. */
  async run(program: ExampleProgram): Promise<void> {
    const file = join(this.#folder, nameOf(this.#programs.indexOf(program)));
    const env = { ...process.env, SEGNO_HOME: newFolder("home-"), SEGNO_LOGGING_PRINT: "never" };
    await run(process.execPath, ["--conditions=development", "--import", "tsx", file], {
      cwd: this.#folder,
      env,
    });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  #inThePage(message: string): string {
    const [whole, index, line, rest] = /^example-(\d+)\.ts\((\d+),\d+\): (.*)$/.exec(message) ?? [];
    const program = whole === undefined ? undefined : this.#programs[Number(index)];
    if (program === undefined) return message;
    return `${program.example.file}:${lineInThePage(program, Number(line))}: ${rest ?? ""}`;
  }
}

/** Of an import, which stands above the example in its module, the line is that of the same text. */
function lineInThePage({ example, text, firstLine }: ExampleProgram, line: number): number {
  if (line >= firstLine) return example.line + line - firstLine;
  const imported = text.split("\n")[line - 1] ?? "";
  return example.line + Math.max(0, example.code.split("\n").indexOf(imported));
}

function nameOf(index: number): string {
  return `example-${index}.ts`;
}
