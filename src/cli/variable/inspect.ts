import { printFacts } from "../output/facts.ts";
import { print, printJson } from "../output/print.ts";
import { out } from "../output/style.ts";
import { localTime } from "../output/time.ts";
import { withControl } from "../session.ts";
import { findVariable } from "./find.ts";
import { variableJson } from "./json.ts";

export async function inspect(name: string, options: { readonly json?: boolean }): Promise<void> {
  await withControl(async (control) => {
    const { variables } = await control.repositories();
    const variable = await findVariable(variables, name);
    if (options.json === true) {
      printJson(variableJson(variable));
      return;
    }
    print(out.bold(variable.name));
    printFacts([
      ["ID", variable.id],
      ["Value", JSON.stringify(variable.value, null, 2)],
      ["Tags", variable.tags.join(", ")],
      ["Created", localTime(variable.createdAt)],
      ["Updated", localTime(variable.updatedAt)],
    ]);
  });
}
