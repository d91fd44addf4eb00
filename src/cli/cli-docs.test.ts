import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { EXIT } from "./exit-codes.ts";
import { buildProgram } from "./program.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");

function leaves(command: Command, path: string): { readonly path: string; readonly command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`));
}

/** The part of the page under a command's heading. */
function section(path: string): string {
  const start = page.indexOf(`### \`${path}`);
  if (start === -1) return "";
  const end = page.slice(start + 3).search(/\n#{2,3} /);
  return end === -1 ? page.slice(start) : page.slice(start, start + 3 + end);
}

describe("docs/cli.md", () => {
  test.each(leaves(buildProgram(), "segno"))(
    "tells of $path and each of its options",
    ({ path, command }) => {
      const text = section(path);
      expect(text).not.toBe("");
      for (const option of command.options) expect(text).toContain(option.long);
      for (const argument of command.registeredArguments) expect(text).toContain(argument.name());
      for (const alias of command.aliases()) expect(text).toContain(alias);
    },
  );

  test("tells of no option that is not there", () => {
    const known = new Set(["--debug", "--help", "--version"]);
    for (const { command } of leaves(buildProgram(), "segno"))
      for (const { long } of command.options) known.add(long ?? "");
    const told = Array.from(page.matchAll(/(?<![\w-])--[a-z][a-z-]*/g), ([option]) => option);
    expect(told.filter((option) => !known.has(option))).toEqual([]);
  });

  test("lists the exit codes", () => {
    for (const code of Object.values(EXIT)) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
    for (const code of [130, 143]) expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
  });
});
