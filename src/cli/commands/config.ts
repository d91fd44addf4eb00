import type { Command } from "commander";
import type { ViewOptions } from "../config/view.ts";
import { json } from "./options.ts";

export function configCommands(program: Command): void {
  const group = program
    .command("config")
    .description("settings: show where each comes from, set them in the profile");

  group
    .command("view")
    .description("show every setting with its source")
    .option("--hide-defaults", "only settings that somebody set")
    .option("--show-secrets", "do not mask secrets")
    .addOption(json())
    .action(async (options: ViewOptions) => (await import("../config/view.ts")).view(options));

  group
    .command("set <settings...>")
    .description("set settings in the profile: name=value …, or name value")
    .action(async (settings: string[]) => (await import("../config/set.ts")).set(settings));

  group
    .command("unset <names...>")
    .description("take settings out of the profile")
    .action(async (names: string[]) => (await import("../config/unset.ts")).unset(names));
}
