import type { Command } from "commander";
import { json } from "./options.ts";

export function versionCommand(program: Command): void {
  program
    .command("version")
    .description("show the version, and where things are kept")
    .addOption(json())
    .action(async (options: { readonly json?: boolean }) => (await import("../version.ts")).version(options));
}
