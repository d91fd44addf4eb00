import { Command } from "commander";
import { artifactCommands } from "./commands/artifact.ts";
import { concurrencyLimitCommands } from "./commands/concurrency-limit.ts";
import { configCommands } from "./commands/config.ts";
import { flowRunCommands } from "./commands/flow-run.ts";
import { runCommand } from "./commands/run.ts";
import { taskRunCommands } from "./commands/task-run.ts";
import { variableCommands } from "./commands/variable.ts";
import { versionCommand } from "./commands/version.ts";
import { versionNumber } from "./version-number.ts";

const EXIT_CODES = `
Exit codes:
  0    done
  1    the run or the operation failed
  2    the command was called wrong
  3    there is no such run, artifact, variable or limit
  4    the run was cancelled, or is paused
  5    the store is locked, full, damaged or out of reach
  130  interrupted (Ctrl-C)    143  told to stop (SIGTERM)

Lists and inspections print JSON with --json. Settings: \`segno config view\`.`;

/**
 * The tree of commands. Only names, options and texts are loaded with it: what a command does is
 * imported when it is called, so that \`segno --help\` does not load a database.
 */
export function buildProgram(): Command {
  const program = new Command("segno")
    .description("Durable workflows: run flows, see what ran, go on where it stopped.")
    .version(versionNumber(), "-V, --version", "show the version")
    .option("--debug", "show the stack of an error")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showSuggestionAfterError(true)
    .showHelpAfterError("(add --help for what there is)")
    .exitOverride();
  versionCommand(program);
  runCommand(program);
  flowRunCommands(program);
  taskRunCommands(program);
  artifactCommands(program);
  variableCommands(program);
  concurrencyLimitCommands(program);
  configCommands(program);
  return program.addHelpText("after", EXIT_CODES);
}
