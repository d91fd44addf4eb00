import { nowMicros } from "../../client/time.ts";
import { print } from "../output/print.ts";
import { withControl } from "../session.ts";
import { findLimit, limitName } from "./find.ts";

interface Tagged {
  readonly tag?: boolean;
}

export async function reset(given: string, options: Tagged): Promise<void> {
  const name = limitName(given, options);
  await withControl(async (control) => {
    await findLimit(control.limits, name);
    await control.limits.reset(name, nowMicros());
    print(`Reset ${name}: every slot is free.`);
  });
}

export async function setActive(given: string, active: boolean, options: Tagged): Promise<void> {
  const name = limitName(given, options);
  await withControl(async (control) => {
    const { id, limit } = await findLimit(control.limits, name);
    await control.limits.upsert({ id, name, limit, active, now: nowMicros() });
    print(`${active ? "Enabled" : "Disabled"} ${name}.`);
  });
}

export async function remove(given: string, options: Tagged): Promise<void> {
  const name = limitName(given, options);
  await withControl(async (control) => {
    await findLimit(control.limits, name);
    await control.limits.delete(name);
    print(`Deleted ${name}.`);
  });
}
