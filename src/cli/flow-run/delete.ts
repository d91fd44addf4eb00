import { createInterface } from "node:readline/promises";
import { EXIT } from "../exit-codes.ts";
import { note, plain, print } from "../output/print.ts";
import { withControl } from "../session.ts";

export async function remove(
  references: readonly string[],
  options: { readonly yes?: boolean },
): Promise<void> {
  await withControl(async (control) => {
    const { flowRuns } = await control.repositories();
    const runs = [];
    for (const reference of references) runs.push(await flowRuns.resolve(reference));
    const names = runs.map((run) => `${plain(run.name)} (${run.id})`);
    if (options.yes !== true && !(await confirmed(names))) {
      note("Nothing was deleted.");
      process.exitCode = EXIT.failed;
      return;
    }
    for (const [index, run] of runs.entries()) {
      // One named after another may have gone with it, as its subflow run.
      if ((await flowRuns.get(run.id)) === null) continue;
      const gone = await flowRuns.delete(run.id);
      print(
        `Deleted ${names[index]}${gone > 1 ? ` and ${gone - 1} subflow ${gone === 2 ? "run" : "runs"}` : ""}.`,
      );
    }
  });
}

/** Asks a person; a program that calls the command has decided. */
async function confirmed(names: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Delete ${names.join(", ")} with all of it? [y/N] `);
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}
