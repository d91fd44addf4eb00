import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FlowRun } from "../core/run.ts";
import type { AcceptAll } from "./accept.ts";
import { currentFrame } from "./context.ts";
import { startFlow, type StartOptions } from "./engine/start-flow.ts";
import { subflowSpec } from "./engine/subflow.ts";
import { defineFlow, type FlowDefinition, makeFlowDefinition } from "./flow-definition.ts";
import { checkOptionsObject, checkRunOptions } from "./option-checks.ts";
import type { FlowOptions } from "./options.ts";
import { resumeFlowRun } from "./resume.ts";
import type { TaskRunner } from "./runners/task-runner.ts";

/** How one run is started. */
export interface RunOptions {
  /** Starts one run per key: a second call goes on with the run of the first, or gives its result. */
  readonly idempotencyKey?: string;
  readonly name?: string;
  readonly tags?: readonly string[];
  /** Cancels the run when it aborts. */
  readonly signal?: AbortSignal;
  readonly taskRunner?: TaskRunner;
  /** Called once the run is known (its id, its name), before its body runs. */
  readonly onRun?: (run: Pick<FlowRun, "id" | "name" | "flowName">) => void;
}

/**
 * A durable function: each call is a run, recorded step by step, that can be resumed where it stopped.
 *
 * It takes one input object, or none. Called in another flow it is a subflow, with a run of its own.
 */
export interface Flow<Args extends readonly unknown[], Result> {
  (...args: AcceptAll<Args>): Promise<Result>;
  /** Starts a run as the options say; with an idempotency key, finds or starts it. */
  run(...args: [...args: AcceptAll<Args>, options?: RunOptions]): Promise<Result>;
  /** The same flow with other options. */
  with(options: FlowOptions<Args[0]>): Flow<Args, Result>;
  /** The plain function, for tests. */
  readonly fn: (...args: Args) => Result | Promise<Result>;
  readonly name: string;
  readonly options: FlowOptions<Args[0]>;
}

const FLOW: unique symbol = Symbol.for("segno.flow.v1");
const RESUME: unique symbol = Symbol.for("segno.resume.v1");

type NoInput = readonly [];

/**
 * Makes a flow of a function.
 *
 * @throws RefusedError when it has no name or an option makes no sense.
 * @example
 * export const ingest = flow(
 *   { name: "ingest", input: z.object({ paths: z.array(z.string()) }), retries: 1 },
 *   async ({ paths }) => (await load.map(paths)).length,
 * );
 * await ingest({ paths: ["a.md", "b.md"] });
 */
export function flow<Schema extends StandardSchemaV1, Result>(
  options: Omit<FlowOptions<StandardSchemaV1.InferOutput<Schema>>, "input"> & { readonly input: Schema },
  fn: (input: StandardSchemaV1.InferOutput<Schema>) => Result | PromiseLike<Result>,
): Flow<readonly [input: StandardSchemaV1.InferInput<Schema>], Awaited<Result>>;
export function flow<Args extends NoInput | readonly [input?: unknown], Result>(
  options: NoInfer<FlowOptions<Args[0]>>,
  fn: (...args: Args) => Result | PromiseLike<Result>,
): Flow<Args, Awaited<Result>>;
export function flow<Args extends NoInput | readonly [input?: unknown], Result>(
  fn: (...args: Args) => Result | PromiseLike<Result>,
): Flow<Args, Awaited<Result>>;
export function flow(first: unknown, second?: unknown): Flow<readonly [unknown], unknown> {
  return callable(defineFlow(first, second));
}

function callable(definition: FlowDefinition): Flow<readonly [unknown], unknown> {
  const run = (input?: unknown) => callFlow(definition, input, {});
  const members = {
    [FLOW]: definition,
    [RESUME]: resumeFlowRun,
    run: (...args: unknown[]) => {
      // A flow without input may be given its options alone.
      const inputless = definition.fn.length === 0 && args.length === 1;
      const [input, options] = inputless ? [undefined, args[0]] : args;
      return callFlow(definition, input, options ?? {});
    },
    with: (options: FlowOptions) => {
      const { name, fn, definedIn } = definition;
      checkOptionsObject(`flow "${name}"`, options);
      return callable(
        makeFlowDefinition(options.name ?? name, fn, { ...definition.options, ...options }, definedIn),
      );
    },
    fn: definition.fn,
    options: definition.options,
  };
  Object.defineProperty(run, "name", { value: definition.name });
  return Object.assign(run, members);
}

function callFlow(definition: FlowDefinition, input: unknown, options: StartOptions): Promise<unknown> {
  try {
    checkRunOptions(`flow "${definition.name}".run()`, options);
    const frame = currentFrame();
    if (frame === undefined) return startFlow(definition, input, options);
    return frame.session.call(frame.scope, subflowSpec(definition, input, frame, options));
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * The `resumeFlowRun` of the copy of Segno that made a flow. Where a file is loaded as CommonJS, that
 * is another copy than the command's, and the flow's code knows the error classes of its own only.
 */
export function resumeOf(value: unknown): typeof resumeFlowRun | undefined {
  if (typeof value !== "function") return undefined;
  return (value as { [RESUME]?: typeof resumeFlowRun })[RESUME];
}

/** The definition behind a flow; undefined for anything else. */
export function flowDefinition(value: unknown): FlowDefinition | undefined {
  if (typeof value !== "function") return undefined;
  return (value as { [FLOW]?: FlowDefinition })[FLOW];
}
