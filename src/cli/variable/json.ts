import type { VariableRow } from "../../store/repositories/repositories.ts";
import { isoTime } from "../output/time.ts";

export function variableJson(variable: VariableRow): Record<string, unknown> {
  return {
    id: variable.id,
    created: isoTime(variable.createdAt),
    updated: isoTime(variable.updatedAt),
    name: variable.name,
    value: variable.value,
    tags: variable.tags,
  };
}

/** Text as it is, anything else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
