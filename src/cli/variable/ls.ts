import type { VariableRow } from "../../store/repositories/repositories.ts";
import type { ListOptions } from "../commands/options.ts";
import { note, printJson } from "../output/print.ts";
import { err } from "../output/style.ts";
import { type Column, printTable } from "../output/table.ts";
import { relativeTime } from "../output/time.ts";
import { withControl } from "../session.ts";
import { valueText, variableJson } from "./json.ts";

export async function ls(options: ListOptions): Promise<void> {
  await withControl(async (control) => {
    const { variables } = await control.repositories();
    const page = await variables.list({ limit: options.limit, after: options.after ?? null });
    if (options.json === true) {
      printJson(page.rows.map(variableJson));
      return;
    }
    if (page.rows.length === 0) note("No variables.");
    else printTable(COLUMNS, page.rows);
    if (page.cursor !== null) note(err.dim(`There are more: --after ${page.cursor}`));
  });
}

const COLUMNS: readonly Column<VariableRow>[] = [
  { title: "NAME", text: (variable) => variable.name },
  { title: "VALUE", text: (variable) => valueText(variable.value), flexible: true },
  { title: "TAGS", text: (variable) => variable.tags.join(", ") },
  { title: "UPDATED", text: (variable) => relativeTime(variable.updatedAt) },
];
