import { StoppedError } from "../../src/index.ts";
import { getControl } from "../../src/flow/control.ts";
import { activeRuns } from "../../src/flow/engine/active-runs.ts";

let died: () => void = () => undefined;

/**
 * Ends the current execution as a dying process would, with what was acknowledged on disk; what
 * called it never goes on.
 */
export async function dieHere(): Promise<never> {
  for (const run of activeRuns()) {
    run.interrupt(new StoppedError({ code: "SEGNO_INTERRUPTED", message: "The test pulled the plug." }));
  }
  await (await getControl()).drain();
  died();
  return new Promise<never>(() => undefined);
}

/** Starts a run that dies by itself; answers its id once it is dead. */
export function startAndDie(
  start: (onRun: (run: { id: string }) => void) => Promise<unknown>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let id = "";
    died = () => resolve(id);
    start((run) => (id = run.id)).catch(reject);
  });
}
