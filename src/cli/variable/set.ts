import { newId, nowMicros } from "../../client/time.ts";
import { print, printJson } from "../output/print.ts";
import { withControl } from "../session.ts";
import { usageError } from "../usage-error.ts";
import { jsonOrText } from "../json-or-text.ts";
import { valueText, variableJson } from "./json.ts";

export interface SetOptions {
  readonly overwrite?: boolean;
  readonly text?: boolean;
  readonly tag?: readonly string[];
  readonly json?: boolean;
}

export async function set(name: string, given: string, options: SetOptions): Promise<void> {
  const value = options.text === true ? given : jsonOrText(given);
  const overwrite = options.overwrite === true;
  await withControl(async (control) => {
    const { variables } = await control.repositories();
    const before = await variables.get(name);
    if (before !== null && !overwrite) {
      throw usageError(
        `There is a variable ${JSON.stringify(name)} already: ${valueText(before.value)}`,
        "Add --overwrite to change it.",
      );
    }
    const now = nowMicros();
    const tags = options.tag ?? before?.tags ?? [];
    const written = await variables.set(
      { id: newId(), name, value, tags, createdAt: now, updatedAt: now },
      { overwrite },
    );
    if (options.json === true) printJson(variableJson(written));
    else print(`${before === null ? "Set" : "Changed"} ${name}.`);
  });
}
