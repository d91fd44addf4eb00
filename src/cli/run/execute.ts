import { inspect } from "node:util";
import { errorMessage } from "../../core/recorded-error.ts";
import type { FlowRun } from "../../core/run.ts";
import { closeSegno, getControl } from "../../flow/control.ts";
import { EXIT, exitCodeFor, isCancellation, segnoError } from "../exit-codes.ts";
import { flowRunJson } from "../json/flow-run.ts";
import { errorJson } from "../json/task-run.ts";
import { note, plain, print, printJson } from "../output/print.ts";
import { noteUserPlace } from "../output/source-frame.ts";
import { err, out } from "../output/style.ts";
import { spanOf } from "../output/time.ts";
import { valueJson } from "../values.ts";

type Begun = Pick<FlowRun, "id" | "name" | "flowName">;

/**
 * Executes a run in this process and says how it went. The result goes to stdout; everything else
 * to stderr. The process ends afterwards, whatever the flow's code left open.
 */
export async function execute(
  start: (onRun: (run: Begun) => void) => Promise<unknown>,
  options: { readonly json?: boolean | undefined; readonly debug: boolean },
): Promise<never> {
  let began = performance.now();
  let run: Begun | undefined;
  let code: number;
  try {
    const result = await start((begun) => {
      run = begun;
      began = performance.now();
      if (options.json !== true)
        note(`${err.cyan("▶")} ${err.bold(plain(begun.name))} ${err.dim(`${begun.flowName} · ${begun.id}`)}`);
    });
    if (options.json === true)
      printJson({ ...(await runJson(run)), result: valueJson(result, "the result") });
    else {
      note(`${err.green("✓")} Completed in ${spanOf((performance.now() - began) * 1000) || "no time"}`);
      if (result !== undefined) print(resultText(result));
    }
    code = EXIT.ok;
  } catch (error) {
    // Nothing ran: the command's own way of telling errors is right.
    if (run === undefined) {
      await closeSegno();
      throw error;
    }
    if (options.json === true) printJson(await failedJson(run));
    tellFailure(error, run, options.debug);
    code = exitCodeOfRun(error);
  }
  await closeSegno();
  await flushed();
  process.exit(code);
}

/** Input that a flow's own code refused is the run's failure, not a wrong call of the command. */
function exitCodeOfRun(error: unknown): number {
  const code = exitCodeFor(error);
  return code === EXIT.store || code === EXIT.notFinished ? code : EXIT.failed;
}

async function readRun(run: Begun | undefined): Promise<FlowRun | null> {
  if (run === undefined) return null;
  const { flowRuns } = await (await getControl()).repositories();
  return flowRuns.get(run.id);
}

async function runJson(begun: Begun | undefined): Promise<Record<string, unknown>> {
  const run = await readRun(begun);
  return run === null ? {} : flowRunJson(run);
}

async function failedJson(begun: Begun): Promise<Record<string, unknown>> {
  const run = await readRun(begun);
  return run === null ? {} : { ...flowRunJson(run), result: null, error: errorJson(run.error) };
}

function tellFailure(error: unknown, run: Begun, debug: boolean): void {
  const cancelled = isCancellation(error);
  const how = cancelled ? err.magenta("was cancelled") : err.red("failed");
  note(
    `${cancelled ? err.magenta("■") : err.red("✗")} ${err.bold(plain(run.name))} ${how}: ${errorMessage(error)}`,
  );
  const help = segnoError(error)?.help;
  if (help !== undefined) note(`  ${help}`);
  if (!cancelled) noteUserPlace(error);
  if (debug && error instanceof Error) note(`\n${err.dim(error.stack ?? "")}`);
  note(`\n  Look into it:  segno flow-run inspect ${run.id}`);
  if (!cancelled) note(`  Go on with it: segno flow-run resume ${run.id}`);
}

function resultText(result: unknown): string {
  if (typeof result === "string") return result;
  return inspect(result, { depth: 8, maxArrayLength: 100, breakLength: 100, colors: out.isColorSupported });
}

/** `process.exit` would cut what a pipe has not taken yet. */
function flushed(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write("", () => process.stderr.write("", () => resolve()));
  });
}
