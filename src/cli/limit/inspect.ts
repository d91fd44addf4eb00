import { nowMicros } from "../../client/time.ts";
import type { LeaseRow } from "../../store/repositories/limits.ts";
import { printFacts, printHeading } from "../output/facts.ts";
import { print, printJson } from "../output/print.ts";
import { out } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { localTime, relativeTime } from "../output/time.ts";
import { withControl } from "../session.ts";
import { findLimit, limitName } from "./find.ts";
import { leaseJson, limitJson } from "./json.ts";
import { shortNumber } from "./ls.ts";

export async function inspect(
  given: string,
  options: { readonly tag?: boolean; readonly json?: boolean },
): Promise<void> {
  const name = limitName(given, options);
  await withControl(async (control) => {
    const limit = await findLimit(control.limits, name);
    const leases = await control.limits.leases(name, nowMicros());
    if (options.json === true) {
      printJson({ ...limitJson(limit), leases: leases.map(leaseJson) });
      return;
    }
    print(out.bold(limit.name));
    printFacts([
      ["ID", limit.id],
      ["Limit", String(limit.limit)],
      ["Active", shortNumber(limit.activeSlots)],
      ["Per second", limit.slotDecayPerSecond === 0 ? null : String(limit.slotDecayPerSecond)],
      ["Denied", String(limit.deniedSlots)],
      ["Status", limit.active ? "enabled" : out.yellow("disabled")],
      ["Created", localTime(limit.createdAt)],
      ["Updated", localTime(limit.updatedAt)],
    ]);
    if (leases.length === 0) return;
    printHeading("Held by");
    printTable(LEASE_COLUMNS, leases);
  });
}

const LEASE_COLUMNS: readonly Column<LeaseRow>[] = [
  { title: "HOLDER", text: (lease) => `${lease.holder.type} ${lease.holder.id}` },
  { title: "SLOTS", text: (lease) => String(lease.slots), align: "right" },
  { title: "SINCE", text: (lease) => relativeTime(lease.acquiredAt) },
  { title: "EXPIRES", text: (lease) => relativeTime(lease.expiresAt) },
];
