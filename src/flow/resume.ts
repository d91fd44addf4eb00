import { RefusedError } from "../core/errors.ts";
import type { FlowRun } from "../core/run.ts";
import { showValue } from "../core/value-kind.ts";
import { getControl } from "./control.ts";
import { goOn } from "./engine/start-flow.ts";
import { findFlow, flowNames } from "./registry.ts";
import type { TaskRunner } from "./runners/task-runner.ts";

/** How a run goes on. */
export interface ResumeOptions {
  /** Take the run although the process that executes it seems alive; that process can write nothing after. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly taskRunner?: TaskRunner;
  /** Called once the run is known, before it goes on. */
  readonly onRun?: (run: Pick<FlowRun, "id" | "name" | "flowName" | "state">) => void;
}

/**
 * Goes on with a run where it stopped, in this process: by id, a unique beginning of it, or name. A
 * run that completed gives its result; one that failed begins another attempt, in which finished
 * tasks are not run again; one that another process executes is waited for.
 *
 * @throws RefusedError `SEGNO_NOT_FOUND`; `SEGNO_FLOW_UNKNOWN` when its flow is not defined here.
 * @example
 * import "./ingest.ts"; // defines the flow
 * const result = await resumeFlowRun("0199c2f0-…");
 */
export async function resumeFlowRun(reference: string, options: ResumeOptions = {}): Promise<unknown> {
  if (typeof reference !== "string" || reference === "") {
    throw new RefusedError({
      code: "SEGNO_INVALID_OPTION",
      message: `resumeFlowRun() takes the id, the beginning of an id or the name of a run; got ${showValue(reference)}.`,
      help: "List the runs with `segno flow-run ls`.",
    });
  }
  const control = await getControl();
  const { flowRuns } = await control.repositories();
  const run = await flowRuns.resolve(reference);
  const definition = findFlow(run.flowName);
  if (definition === undefined) {
    const known = flowNames();
    throw new RefusedError({
      code: "SEGNO_FLOW_UNKNOWN",
      message: `Flow run "${run.name}" belongs to the flow "${run.flowName}", which is not defined in this process (defined: ${known.length === 0 ? "none" : known.map((name) => `"${name}"`).join(", ")}).`,
      help: `Import the file that defines it first${run.entrypoint === null ? "" : `: ${run.entrypoint}`}.`,
      facts: { flowRunId: run.id, flow: run.flowName, known },
    });
  }
  options.onRun?.(run);
  return goOn(control, definition, run, options);
}
