import { print, printJson } from "../output/print.ts";
import { withControl } from "../session.ts";
import { findVariable } from "./find.ts";
import { valueText } from "./json.ts";

export async function get(name: string, options: { readonly json?: boolean }): Promise<void> {
  await withControl(async (control) => {
    const { variables } = await control.repositories();
    const { value } = await findVariable(variables, name);
    if (options.json === true) printJson(value);
    else print(valueText(value));
  });
}
