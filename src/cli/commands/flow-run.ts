import type { Command } from "commander";
import type { LogOptions } from "../flow-run/logs.ts";
import type { LsOptions } from "../flow-run/ls.ts";
import type { ResumeCommandOptions } from "../run/resume.ts";
import { after, json, limit, stateNames, stateTypes, tags, wantsDebug, wholeNumber } from "./options.ts";

export function flowRunCommands(program: Command): void {
  const group = program
    .command("flow-run")
    .description("runs of flows: list, look into, follow, resume, cancel, delete");

  group
    .command("ls")
    .description("list runs, newest first")
    .option("--flow <name>", "only runs of this flow")
    .addOption(stateNames())
    .addOption(stateTypes())
    .addOption(tags("only runs with this tag"))
    .option("--name <text>", "only runs whose name contains this")
    .option("--since <when>", "only runs that started since: a duration such as 2h, or a date")
    .option("--parent <run>", "only subflow runs of this run")
    .option("--root", "only runs that no other run called")
    .addOption(limit())
    .addOption(after("id"))
    .addOption(json())
    .action(async (options: LsOptions) => (await import("../flow-run/ls.ts")).ls(options));

  group
    .command("inspect <run>")
    .description("show a run: state, history, tasks, subflow runs, input, result, error")
    .addOption(json())
    .action(async (run: string, options: { json?: boolean }) =>
      (await import("../flow-run/inspect.ts")).inspect(run, options),
    );

  group
    .command("logs <run>")
    .description("print the log lines of a run, oldest first")
    .option("-l, --level <level>", "only lines at or above: debug, info, warning, error, critical")
    .option("--head <n>", "only the first n lines", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--tail <n>", "only the last n lines", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("-f, --follow", "go on until the run ends")
    .option("--json", "print JSON, one object a line")
    .action(async (run: string, options: LogOptions) =>
      (await import("../flow-run/logs.ts")).logs(run, options),
    );

  group
    .command("watch <run>")
    .description("follow states and log lines until the run ends; the exit code tells how")
    .option("--json", "print JSON, one object a line")
    .action(async (run: string, options: { json?: boolean }) =>
      (await import("../flow-run/watch.ts")).watch(run, options),
    );

  group
    .command("resume <run>")
    .description("go on with a run where it stopped, in this process")
    .option("--entrypoint <file:export>", "where its flow is now, if it moved")
    .option("--force", "take it over although its process seems alive")
    .addOption(json())
    .action(async (run: string, options: ResumeCommandOptions) =>
      (await import("../run/resume.ts")).resume(run, options, wantsDebug(program)),
    );

  group
    .command("cancel <runs...>")
    .description("cancel runs: at once, or by asking the process that executes them")
    .addOption(json())
    .action(async (runs: string[], options: { json?: boolean }) =>
      (await import("../flow-run/cancel.ts")).cancel(runs, options),
    );

  group
    .command("delete <runs...>")
    .description("delete runs with their subflow runs, tasks, logs and artifacts")
    .option("-y, --yes", "do not ask")
    .action(async (runs: string[], options: { yes?: boolean }) =>
      (await import("../flow-run/delete.ts")).remove(runs, options),
    );
}
