import { newId, nowMicros } from "../../client/time.ts";
import { isTerminal } from "../../core/state.ts";
import { EXIT } from "../exit-codes.ts";
import { flowRunJson } from "../json/flow-run.ts";
import { note, plain, print, printJson } from "../output/print.ts";
import { withControl } from "../session.ts";

export async function cancel(
  references: readonly string[],
  options: { readonly json?: boolean },
): Promise<void> {
  await withControl(async (control) => {
    const { flowRuns } = await control.repositories();
    // All are looked up first, so that a typing error in the last does not leave half of it done.
    const runs = [];
    for (const reference of references) runs.push(await flowRuns.resolve(reference));
    const after = [];
    for (const run of runs) {
      const which = `${plain(run.name)} (${run.id})`;
      if (isTerminal(run.state.type)) {
        note(`${which} is ${run.state.name} already; nothing to cancel.`);
        process.exitCode = EXIT.failed;
      } else {
        const state = await flowRuns.requestCancel(run.id, nowMicros(), newId());
        if (options.json !== true) {
          print(
            state.type === "CANCELLED"
              ? `Cancelled ${which}.`
              : `Asked the process that executes ${which} to cancel it.`,
          );
        }
      }
      after.push((await flowRuns.get(run.id)) ?? run);
    }
    if (options.json === true) printJson(after.map(flowRunJson));
  });
}
