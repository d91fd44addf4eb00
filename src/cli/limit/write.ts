import { newId, nowMicros } from "../../client/time.ts";
import type { ConcurrencyLimit } from "../../store/repositories/limits.ts";
import type { LimitFields } from "../commands/concurrency-limit.ts";
import { print, printJson } from "../output/print.ts";
import { withControl } from "../session.ts";
import { usageError } from "../usage-error.ts";
import { findLimit, limitName } from "./find.ts";
import { limitJson } from "./json.ts";

export async function create(
  given: string,
  slots: string | undefined,
  options: LimitFields & { readonly disabled?: boolean },
): Promise<void> {
  const name = limitName(given, options);
  const limit = slotsOf(slots, options.limit);
  await withControl(async (control) => {
    if ((await control.limits.get(name)) !== null) {
      throw usageError(
        `There is a concurrency limit ${JSON.stringify(name)} already.`,
        `Change it: \`segno concurrency-limit update ${name} --limit ${limit}\`.`,
      );
    }
    const { slotDecayPerSecond } = options;
    const written = await control.limits.upsert({
      id: newId(),
      name,
      limit,
      active: options.disabled !== true,
      ...(slotDecayPerSecond === undefined ? {} : { slotDecayPerSecond }),
      now: nowMicros(),
    });
    report("Created", written, options.json);
  });
}

export async function update(given: string, options: LimitFields): Promise<void> {
  const name = limitName(given, options);
  const { limit, slotDecayPerSecond } = options;
  if (limit === undefined && slotDecayPerSecond === undefined) {
    throw usageError("There is nothing to change.", "Give --limit or --slot-decay-per-second.");
  }
  await withControl(async (control) => {
    const before = await findLimit(control.limits, name);
    const written = await control.limits.upsert({
      id: before.id,
      name,
      limit: limit ?? before.limit,
      ...(slotDecayPerSecond === undefined ? {} : { slotDecayPerSecond }),
      now: nowMicros(),
    });
    report("Changed", written, options.json);
  });
}

function slotsOf(positional: string | undefined, option: number | undefined): number {
  if (positional === undefined) {
    if (option === undefined)
      throw usageError("How many slots? Give them after the name: `segno concurrency-limit create NAME 5`.");
    return option;
  }
  if (option !== undefined) throw usageError("The slots were given twice: after the name, and as --limit.");
  if (!/^\d+$/.test(positional)) {
    throw usageError(`The limit is ${JSON.stringify(positional)}; expected a whole number from 0.`);
  }
  return Number(positional);
}

function report(what: string, limit: ConcurrencyLimit, asJson: boolean | undefined): void {
  if (asJson === true) {
    printJson(limitJson(limit));
    return;
  }
  const rate = limit.slotDecayPerSecond === 0 ? "" : `, ${limit.slotDecayPerSecond} back each second`;
  print(
    `${what} ${limit.name}: ${limit.limit} ${limit.limit === 1 ? "slot" : "slots"}${rate}${limit.active ? "" : ", disabled"}.`,
  );
}
