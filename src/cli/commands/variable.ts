import type { Command } from "commander";
import type { SetOptions } from "../variable/set.ts";
import { after, json, limit, type ListOptions, tags } from "./options.ts";

export function variableCommands(program: Command): void {
  const group = program
    .command("variable")
    .description("named values that flows read: list, get, set, unset");

  group
    .command("ls")
    .description("list variables by name")
    .addOption(limit())
    .addOption(after("name"))
    .addOption(json())
    .action(async (options: ListOptions) => (await import("../variable/ls.ts")).ls(options));

  group
    .command("inspect <name>")
    .description("show a variable: value, tags, times")
    .addOption(json())
    .action(async (name: string, options: { json?: boolean }) =>
      (await import("../variable/inspect.ts")).inspect(name, options),
    );

  group
    .command("get <name>")
    .description("print a variable's value: text as it is, anything else as JSON")
    .addOption(json())
    .action(async (name: string, options: { json?: boolean }) =>
      (await import("../variable/get.ts")).get(name, options),
    );

  group
    .command("set <name> <value>")
    .description("set a variable; a value that is JSON is taken as JSON, anything else as text")
    .option("--overwrite", "change a variable that is there")
    .option("--text", "take the value as text even if it is JSON")
    .addOption(tags("a tag of the variable"))
    .addOption(json())
    .action(async (name: string, value: string, options: SetOptions) =>
      (await import("../variable/set.ts")).set(name, value, options),
    );

  group
    .command("unset <name>")
    .alias("delete")
    .description("remove a variable")
    .action(async (name: string) => (await import("../variable/unset.ts")).unset(name));
}
