import type { ConcurrencyLimit } from "../../store/repositories/limits.ts";
import { note, printJson } from "../output/print.ts";
import { out } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { withControl } from "../session.ts";
import { limitJson } from "./json.ts";

export async function ls(options: { readonly json?: boolean }): Promise<void> {
  await withControl(async (control) => {
    const limits = await control.limits.list();
    if (options.json === true) printJson(limits.map(limitJson));
    else if (limits.length === 0) note("No limits.");
    else printTable(COLUMNS, limits);
  });
}

const COLUMNS: readonly Column<ConcurrencyLimit>[] = [
  { title: "NAME", text: (limit) => limit.name, flexible: true },
  { title: "LIMIT", text: (limit) => String(limit.limit), align: "right" },
  { title: "ACTIVE", text: (limit) => shortNumber(limit.activeSlots), align: "right" },
  {
    title: "PER SECOND",
    text: (limit) => (limit.slotDecayPerSecond === 0 ? "" : String(limit.slotDecayPerSecond)),
    align: "right",
  },
  {
    title: "DENIED",
    text: (limit) => (limit.deniedSlots === 0 ? "" : String(limit.deniedSlots)),
    align: "right",
  },
  { title: "STATUS", text: (limit) => (limit.active ? "" : "disabled"), paint: () => out.yellow },
];

/** Slots of a rate limit come back in fractions. */
export function shortNumber(value: number): string {
  return String(Number(value.toFixed(2)));
}
