import { RefusedError } from "../../core/errors.ts";
import type { FlowRun } from "../../core/run.ts";
import { resumeOf } from "../../flow/flow.ts";
import { resumeFlowRun } from "../../flow/resume.ts";
import { withControl } from "../session.ts";
import { execute } from "./execute.ts";
import { loadModule } from "./load-flow.ts";
import { parseTarget } from "./target.ts";

export interface ResumeCommandOptions {
  readonly entrypoint?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * Loads the code that the run remembers, then goes on with the run here. The run is looked up over a
 * control plane of its own: the one that executes must be opened by the copy of Segno that the file uses.
 */
export async function resume(
  reference: string,
  options: ResumeCommandOptions,
  debug: boolean,
): Promise<void> {
  const run = await withControl(async (control) =>
    (await control.repositories()).flowRuns.resolve(reference),
  );
  const module = await loadModule(parseTarget(entrypointOf(run, options.entrypoint)).file);
  const [ofTheFile] = Object.values(module).flatMap((value) => resumeOf(value) ?? []);
  const goOn = ofTheFile ?? resumeFlowRun;
  const force = options.force === true;
  await execute((onRun) => goOn(run.id, { onRun, force }), { json: options.json, debug });
}

function entrypointOf(run: FlowRun, given: string | undefined): string {
  const entrypoint = given ?? run.entrypoint;
  if (entrypoint !== null) return entrypoint;
  throw new RefusedError({
    code: "SEGNO_FLOW_UNKNOWN",
    message: `Flow run "${run.name}" does not say in which file its flow "${run.flowName}" is.`,
    help: "Give the file: `--entrypoint flows.ts`.",
    facts: { flowRunId: run.id, flow: run.flowName },
  });
}
