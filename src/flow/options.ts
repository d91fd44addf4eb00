import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Duration } from "../core/duration.ts";
import type { RetryDelay } from "../core/retry.ts";
import type { State } from "../core/state.ts";
import type { Serializer } from "../store/results/serializers.ts";
import type { CachePolicy } from "./caching/policy.ts";
import type { FlowRunContext, TaskRunContext } from "./context.ts";
import type { TaskFuture } from "./future.ts";
import type { TaskRunner } from "./runners/task-runner.ts";
import type { TransactionView } from "./transaction.ts";

type OneOrMany<T> = T | readonly T[];

/** Called when a task run enters a state; a throw is logged and changes nothing. */
export type TaskHook = (event: {
  readonly task: { readonly name: string };
  readonly taskRun: TaskRunContext;
  readonly state: Pick<State, "type" | "name" | "message">;
  readonly error?: unknown;
}) => unknown;

/** Called when a flow run enters a state; a throw is logged and changes nothing. */
export type FlowHook = (event: {
  readonly flow: { readonly name: string };
  readonly flowRun: FlowRunContext;
  readonly state: Pick<State, "type" | "name" | "message">;
  readonly error?: unknown;
}) => unknown;

/** Called when a transaction commits or is rolled back, once for each task done in it. */
export type TransactionHook = (
  transaction: TransactionView,
  done: {
    readonly task: { readonly name: string };
    readonly taskRun: TaskRunContext;
    /** What the task answered. */
    readonly value: unknown;
  },
) => unknown;

/** What a task is defined with; `docs/tasks.md` has them all in a table. */
export interface TaskOptions<Args extends readonly unknown[] = readonly unknown[]> {
  /** What the journal knows the task by; default: the function's name. Changing it starts a new history. */
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  readonly tags?: readonly string[];
  /** The run's name: a template over the arguments (`"load {path}"`), or a function of them. */
  readonly taskRunName?: string | ((...args: Args) => string);

  /** Retries after the first attempt; default the setting `tasks.default_retries` (0). */
  readonly retries?: number;
  /** Wait before each retry: a duration, one for each retry (the last repeats), `exponential()`, or a function. */
  readonly retryDelay?: RetryDelay;
  /** Spreads each wait by up to this share to either side, at random: 0.5 makes "10s" 5 to 15 s. */
  readonly retryJitterFactor?: number;
  /** Answers whether an error is worth a retry. */
  readonly retryIf?: (error: unknown, attempt: number) => boolean | Promise<boolean>;
  /** Time for one attempt; past it the signal aborts and the attempt fails as TimedOut. */
  readonly timeout?: Duration;

  /** What a result's key is made of; a run that finds its key cached does not run the body. */
  readonly cachePolicy?: CachePolicy<Args>;
  readonly cacheKey?: (context: { readonly args: Args; readonly parameters: unknown }) => string | null;
  readonly cacheExpiration?: Duration;
  /** Run although the key is cached, and write it anew. */
  readonly refreshCache?: boolean;

  /** False: the result is not kept, and a resumed run executes the task again. Default true. */
  readonly persistResult?: boolean;
  /** How the result is written: `"json"` (default), `"compressed/json"`, or a serializer of your own. */
  readonly serializer?: string | Serializer;

  readonly logPrints?: boolean;
  readonly taskRunner?: TaskRunner;

  readonly onRunning?: OneOrMany<TaskHook>;
  readonly onCompletion?: OneOrMany<TaskHook>;
  readonly onFailure?: OneOrMany<TaskHook>;
  readonly onRollback?: OneOrMany<TransactionHook>;
  readonly onCommit?: OneOrMany<TransactionHook>;

  /** This call's identity in its run, instead of its count; unique for the task in the run. */
  readonly key?: string;
  /** Task runs to wait for, although no argument comes from them. */
  readonly waitFor?: readonly (TaskFuture<unknown> | Iterable<TaskFuture<unknown>>)[];
}

/** What a flow is defined with; `docs/flows.md` has them all in a table. */
export interface FlowOptions<Input = unknown> {
  /** What runs are listed under; default: the function's name. */
  readonly name?: string;
  readonly description?: string;
  readonly version?: string;
  readonly tags?: readonly string[];
  /** The run's name: a template over the input (`"ingest {index}"`), or a function of it. */
  readonly flowRunName?: string | ((input: Input) => string);
  /** Validates the input and gives its defaults: any Standard Schema (zod, valibot, arktype). */
  readonly input?: StandardSchemaV1<unknown, Input>;
  /** False: the schema describes the input but does not check it. Default true. */
  readonly validateParameters?: boolean;

  /** Attempts after the first; finished tasks are not run again. */
  readonly retries?: number;
  readonly retryDelay?: RetryDelay;
  /** Time for one attempt. */
  readonly timeout?: Duration;

  readonly taskRunner?: TaskRunner;
  /** Keep what `console` prints in the run as its log lines, and print it still. */
  readonly logPrints?: boolean;
  readonly persistResult?: boolean;
  readonly serializer?: string | Serializer;

  readonly onRunning?: OneOrMany<FlowHook>;
  readonly onCompletion?: OneOrMany<FlowHook>;
  readonly onFailure?: OneOrMany<FlowHook>;
  readonly onCancellation?: OneOrMany<FlowHook>;
  readonly onCrashed?: OneOrMany<FlowHook>;

  /** For a subflow: its identity in the parent's run, instead of its count. */
  readonly key?: string;
  readonly waitFor?: readonly (TaskFuture<unknown> | Iterable<TaskFuture<unknown>>)[];
}

/** Hooks as a list. */
export function hooks<T>(given: OneOrMany<T> | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}
