import type { Command } from "commander";
import type { LsOptions } from "../task-run/ls.ts";
import { after, json, limit, stateNames, stateTypes, tags } from "./options.ts";

export function taskRunCommands(program: Command): void {
  const group = program.command("task-run").description("runs of tasks: list, look into, read their logs");

  group
    .command("ls")
    .description("list task runs: of a flow run in call order, otherwise newest first")
    .option("--flow-run <run>", "only task runs of this flow run")
    .addOption(stateNames())
    .addOption(stateTypes())
    .addOption(tags("only task runs with this tag"))
    .option("--name <text>", "only task runs whose name contains this")
    .option("--all", "sleeps, recorded values and patches, too")
    .addOption(limit())
    .addOption(after("id"))
    .addOption(json())
    .action(async (options: LsOptions) => (await import("../task-run/ls.ts")).ls(options));

  group
    .command("inspect <id>")
    .description("show a task run: state, history, result, error")
    .addOption(json())
    .action(async (id: string, options: { json?: boolean }) =>
      (await import("../task-run/inspect.ts")).inspect(id, options),
    );

  group
    .command("logs <id>")
    .description("print the log lines of a task run, oldest first")
    .option("-l, --level <level>", "only lines at or above: debug, info, warning, error, critical")
    .option("--json", "print JSON, one object a line")
    .action(async (id: string, options: { level?: string; json?: boolean }) =>
      (await import("../task-run/logs.ts")).logs(id, options),
    );
}
