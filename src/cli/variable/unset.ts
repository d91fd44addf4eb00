import { print } from "../output/print.ts";
import { withControl } from "../session.ts";
import { noVariable } from "./find.ts";

export async function unset(name: string): Promise<void> {
  await withControl(async (control) => {
    const { variables } = await control.repositories();
    if (!(await variables.unset(name))) throw await noVariable(variables, name);
    print(`Unset ${name}.`);
  });
}
