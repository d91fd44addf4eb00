import { type Command, Option } from "commander";
import { ARTIFACT_TYPES } from "../../core/run.ts";
import type { LsOptions } from "../artifact/ls.ts";
import { after, json, limit } from "./options.ts";

export function artifactCommands(program: Command): void {
  const group = program.command("artifact").description("artifacts that runs made: list, look into");

  group
    .command("ls")
    .description("list artifacts, newest first: the latest of each key")
    .option("--all", "every version, and artifacts without a key")
    .option("--flow-run <run>", "only artifacts of this flow run (every version)")
    .addOption(new Option("--type <type>", "only this type").choices([...ARTIFACT_TYPES]))
    .addOption(limit())
    .addOption(after("id"))
    .addOption(json())
    .action(async (options: LsOptions) => (await import("../artifact/ls.ts")).ls(options));

  group
    .command("inspect <key-or-id>")
    .description("show an artifact's versions and the content of the latest")
    .addOption(limit())
    .addOption(json())
    .action(async (reference: string, options: { limit: number; json?: boolean }) =>
      (await import("../artifact/inspect.ts")).inspect(reference, options),
    );
}
