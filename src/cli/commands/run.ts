import { type Command, Option } from "commander";
import type { RunCommandOptions } from "../run/run.ts";
import { collect, tags, wantsDebug } from "./options.ts";

export function runCommand(program: Command): void {
  program
    .command("run <file:export>")
    .description("run a flow of a TypeScript or JavaScript file")
    .addOption(
      new Option(
        "-p, --param <name=value>",
        "a field of the flow's input, its value JSON or text; repeatable",
      ).argParser(collect),
    )
    .option("--params <json>", "the flow's input as JSON, or @file")
    .option("--name <name>", "the run's name")
    .addOption(tags("a tag of the run"))
    .option("--idempotency-key <key>", "start one run for this key, or go on with it")
    .option("--json", "print the run and its result as JSON")
    .addHelpText(
      "after",
      `
Examples:
  segno run ingest.ts:ingest --param index=docs --param chunkSize=512
  segno run ingest.ts --params '{"paths": ["a.md"]}'      the file's only flow
  segno run ingest.ts --params @input.json --idempotency-key 2026-11-21

The result goes to stdout, everything else to stderr. A file that starts its flow itself
should do so under \`if (isMain(import.meta))\`, or it runs when it is loaded.`,
    )
    .action(async (target: string, options: RunCommandOptions) =>
      (await import("../run/run.ts")).run(target, options, wantsDebug(program)),
    );
}
