import { RefusedError } from "../core/errors.ts";
import type { AcceptAll, MapArguments } from "./accept.ts";
import { markOf, marked } from "./annotations.ts";
import { callTask } from "./call-task.ts";
import { type FutureList, futureList, isFuture, TaskFuture } from "./future.ts";
import { checkOptionsObject } from "./option-checks.ts";
import type { TaskOptions } from "./options.ts";
import { defineTask, makeTaskDefinition, type TaskDefinition } from "./task-definition.ts";

/**
 * A unit of work that a flow calls: retried, cached, timed out and journaled as its options say.
 *
 * Called, it answers its value. Its arguments may be futures of other tasks, at any depth.
 */
export interface Task<Args extends readonly unknown[], Result> {
  (...args: AcceptAll<Args>): Promise<Result>;
  /** Starts the task and answers at once, with a future. */
  submit(...args: AcceptAll<Args>): TaskFuture<Result>;
  /** Starts the task once for each item of its array arguments, in parallel. */
  map(...args: MapArguments<Args>): FutureList<Result>;
  /** The same task with other options, for this call or for good. */
  with(options: TaskOptions<Args>): Task<Args, Result>;
  /** The plain function, for tests. */
  readonly fn: (...args: Args) => Result | Promise<Result>;
  readonly name: string;
  readonly options: TaskOptions<Args>;
}

type Body<Args extends readonly unknown[], Result> = (...args: Args) => Result | PromiseLike<Result>;

/**
 * Makes a task of a function.
 *
 * @throws RefusedError when it has no name or an option makes no sense.
 * @example
 * const load = task({ name: "load", retries: 3, retryDelay: "1s" }, async (path: string) => readFile(path, "utf8"));
 * const chunk = task(function chunk(text: string) { return text.split("\n\n"); });
 */
export function task<Args extends readonly unknown[], Result>(
  fn: Body<Args, Result>,
): Task<Args, Awaited<Result>>;
export function task<Args extends readonly unknown[], Result>(
  options: NoInfer<TaskOptions<Args>>,
  fn: Body<Args, Result>,
): Task<Args, Awaited<Result>>;
export function task(first: unknown, second?: unknown): Task<readonly unknown[], unknown> {
  return callable(defineTask(first, second));
}

function callable(definition: TaskDefinition): Task<readonly unknown[], unknown> {
  const run = (...args: readonly unknown[]) => callTask(definition, args);
  const members: Omit<Task<readonly unknown[], unknown>, "name"> = {
    submit: (...args) => submit(definition, args),
    map: (...args) => mapTask(definition, args),
    with: (options) => {
      const { kind, name, fn, definedIn } = definition;
      checkOptionsObject(`${kind} "${name}"`, options);
      return callable(
        makeTaskDefinition(kind, options.name ?? name, fn, { ...definition.options, ...options }, definedIn),
      );
    },
    fn: definition.fn,
    options: definition.options,
  };
  Object.defineProperty(run, "name", { value: definition.name });
  return Object.assign(run, members);
}

function submit(definition: TaskDefinition, args: readonly unknown[]): TaskFuture<unknown> {
  return new TaskFuture((onEntry) => callTask(definition, args, onEntry));
}

function mapTask(definition: TaskDefinition, args: readonly unknown[]): FutureList<unknown> {
  const length = mapLength(definition.name, args);
  const futures: TaskFuture<unknown>[] = [];
  for (let index = 0; index < length; index++) {
    futures.push(
      submit(
        definition,
        args.map((arg) => (isMapped(arg) ? arg[index] : bare(arg))),
      ),
    );
  }
  return futureList(futures);
}

function isMapped(arg: unknown): arg is readonly unknown[] {
  return Array.isArray(arg);
}

/** An unmapped value as the task takes it; `allowFailure` and `quote` are left for the call. */
function bare(arg: unknown): unknown {
  return marked(arg) && markOf(arg) === "unmapped" ? arg.value : arg;
}

function mapLength(name: string, args: readonly unknown[]): number {
  const lengths = args.map((arg, index) => ({ index, length: isMapped(arg) ? arg.length : null }));
  const mapped = lengths.filter((one) => one.length !== null);
  const first = mapped[0];
  if (first === undefined || first.length === null) {
    const future = args.findIndex((arg) => isFuture(arg));
    throw new RefusedError({
      code: "SEGNO_MAP_NOTHING",
      message:
        future === -1
          ? `"${name}".map() needs at least one array to go over; got none.`
          : `"${name}".map() got a future as argument ${future + 1}; how many items it will hold is not known yet.`,
      help: future === -1 ? "Give an array, or call .submit()." : "Await it first: task.map(await future).",
      facts: { task: name },
    });
  }
  const odd = mapped.find((one) => one.length !== first.length);
  if (odd !== undefined) {
    throw new RefusedError({
      code: "SEGNO_MAP_LENGTH",
      message: `"${name}".map() goes over arrays of one length; argument ${first.index + 1} has ${first.length} items, argument ${odd.index + 1} has ${odd.length}.`,
      help: "Wrap what is the same for every call in unmapped().",
      facts: { task: name, lengths: lengths.map((one) => one.length) },
    });
  }
  return first.length;
}
