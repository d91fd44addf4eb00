import {
  currentFrame,
  type FlowRunContext,
  getRunContext,
  type RunContext,
  type TaskRunContext,
} from "./context.ts";

/** What a run's facts are outside a run. */
type OrNull<T> = { readonly [K in keyof T]: T[K] | null };

const FLOW_RUN: readonly (keyof FlowRunContext)[] = [
  "id",
  "name",
  "flowName",
  "flowVersion",
  "parameters",
  "tags",
  "parentFlowRunId",
  "rootFlowRunId",
  "runCount",
  "scheduledStartTime",
];

const TASK_RUN: readonly (keyof TaskRunContext)[] = [
  "id",
  "name",
  "taskName",
  "dynamicKey",
  "tags",
  "runCount",
];

/**
 * Facts of the run that the calling code belongs to, asked for when they are read; null outside a
 * run. `getRunContext()` gives the same at once and throws outside.
 *
 * @example
 * const prefix = runtime.flowRun.name ?? "local";
 * if ((runtime.taskRun.runCount ?? 1) > 1) await cleanUp();
 */
export const runtime = {
  flowRun: facts<FlowRunContext>(FLOW_RUN, (context) => context.flowRun),
  taskRun: facts<TaskRunContext>(TASK_RUN, (context) => context.taskRun),
} as const;

function facts<T extends object>(
  keys: readonly (keyof T)[],
  from: (context: RunContext) => T | null,
): OrNull<T> {
  const object = {};
  for (const key of keys) {
    const get = () => {
      if (currentFrame() === undefined) return null;
      return from(getRunContext())?.[key] ?? null;
    };
    Object.defineProperty(object, key, { get, enumerable: true });
  }
  return object as OrNull<T>;
}
