import { RefusedError } from "../../core/errors.ts";
import type { FlowRun } from "../../core/run.ts";
import { closeSegno, getControl } from "../../flow/control.ts";
import { resumeFlowRun } from "../../flow/resume.ts";
import { execute } from "./execute.ts";
import { loadModule } from "./load-flow.ts";
import { parseTarget } from "./target.ts";

export interface ResumeCommandOptions {
  readonly entrypoint?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Loads the code that the run remembers, then goes on with the run here. */
export async function resume(
  reference: string,
  options: ResumeCommandOptions,
  debug: boolean,
): Promise<void> {
  const { flowRuns } = await (await getControl()).repositories();
  try {
    const run = await flowRuns.resolve(reference);
    await loadModule(parseTarget(entrypointOf(run, options.entrypoint)).file);
    const force = options.force === true;
    await execute((onRun) => resumeFlowRun(run.id, { onRun, force }), { json: options.json, debug });
  } finally {
    await closeSegno();
  }
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
