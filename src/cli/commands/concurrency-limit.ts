import type { Command } from "commander";
import { json, positiveNumber, wholeNumber } from "./options.ts";

const slots = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const TAG = ["--tag", "the name is a task tag: its limit is named tag:<name>"] as const;
const DECAY = [
  "--slot-decay-per-second <n>",
  "slots that come back each second by themselves: makes it a rate limit",
] as const;

interface Tagged {
  readonly tag?: boolean;
}

/** What the two commands that write a limit's fields are given. */
export interface LimitFields extends Tagged {
  readonly limit?: number;
  readonly slotDecayPerSecond?: number;
  readonly json?: boolean;
}

export function concurrencyLimitCommands(program: Command): void {
  const group = program
    .command("concurrency-limit")
    .aliases(["gcl", "global-concurrency-limit"])
    .description("named limits on what runs at once, and on how much per second");

  group
    .command("ls")
    .description("list limits by name")
    .addOption(json())
    .action(async (options: { json?: boolean }) => (await import("../limit/ls.ts")).ls(options));

  group
    .command("inspect <name>")
    .description("show a limit and who holds its slots")
    .option(...TAG)
    .addOption(json())
    .action(async (name: string, options: Tagged & { json?: boolean }) =>
      (await import("../limit/inspect.ts")).inspect(name, options),
    );

  group
    .command("create <name> [limit]")
    .description("create a limit of so many slots")
    .option("-l, --limit <n>", "the slots, if not given after the name", slots)
    .option(DECAY[0], DECAY[1], positiveNumber)
    .option("--disabled", "create it without effect")
    .option(...TAG)
    .addOption(json())
    .action(async (name: string, limit: string | undefined, options: LimitFields & { disabled?: boolean }) =>
      (await import("../limit/write.ts")).create(name, limit, options),
    );

  group
    .command("update <name>")
    .description("change a limit's slots or rate")
    .option("-l, --limit <n>", "the slots", slots)
    .option(DECAY[0], DECAY[1], positiveNumber)
    .option(...TAG)
    .addOption(json())
    .action(async (name: string, options: LimitFields) =>
      (await import("../limit/write.ts")).update(name, options),
    );

  group
    .command("reset <name>")
    .description("give every slot back, whoever holds it")
    .option(...TAG)
    .action(async (name: string, options: Tagged) =>
      (await import("../limit/change.ts")).reset(name, options),
    );

  group
    .command("enable <name>")
    .description("make a limit count again")
    .option(...TAG)
    .action(async (name: string, options: Tagged) =>
      (await import("../limit/change.ts")).setActive(name, true, options),
    );

  group
    .command("disable <name>")
    .description("let everybody pass a limit, until it is enabled")
    .option(...TAG)
    .action(async (name: string, options: Tagged) =>
      (await import("../limit/change.ts")).setActive(name, false, options),
    );

  group
    .command("delete <name>")
    .description("delete a limit; what it names is not limited any more")
    .option(...TAG)
    .action(async (name: string, options: Tagged) =>
      (await import("../limit/change.ts")).remove(name, options),
    );
}
