import { parseDuration } from "../core/duration.ts";
import { checkRetryDelay } from "../core/retry.ts";
import { registerSerializer } from "../store/results/serializers.ts";
import {
  type AnyFunction,
  checkOption,
  checkRetries,
  checkTags,
  definitionFile,
  readDefinition,
} from "./definition.ts";
import type { CachePolicy } from "./caching/policy.ts";
import { readCaching } from "./caching/task-caching.ts";
import { checkTaskOptions } from "./option-checks.ts";
import type { TaskOptions } from "./options.ts";
import { registerTask } from "./registry.ts";

/** A task as the engine sees it: options checked once, when it is defined. */
export interface TaskDefinition {
  readonly kind: "task" | "step";
  readonly name: string;
  readonly fn: (...args: readonly unknown[]) => unknown;
  readonly options: TaskOptions;
  readonly retries: number | undefined;
  /** ms; undefined for none. */
  readonly timeout: number | undefined;
  /** Null: it is not cached. */
  readonly caching: CachePolicy | null;
  /** ms; undefined: a cached result never expires. */
  readonly cacheExpiration: number | undefined;
  /** The file that defined it, or null. */
  readonly definedIn: () => string | null;
}

export function defineTask(first: unknown, second: unknown): TaskDefinition {
  const { name, fn, options } = readDefinition<TaskOptions>("task", first, second);
  const definition = makeTaskDefinition("task", name, fn, options, definitionFile());
  registerTask(definition);
  return definition;
}

export function makeTaskDefinition(
  kind: "task" | "step",
  name: string,
  fn: AnyFunction,
  options: TaskOptions,
  definedIn: () => string | null,
): TaskDefinition {
  const what = `${kind} "${name}"`;
  checkTaskOptions(what, options);
  checkRetries(what, options.retries);
  checkTags(what, options.tags);
  if (options.retryDelay !== undefined) checkRetryDelay(options.retryDelay, `${what}: retryDelay`);
  const jitter = options.retryJitterFactor;
  checkOption(
    what,
    "retryJitterFactor",
    jitter === undefined || (Number.isFinite(jitter) && jitter >= 0),
    "a number of at least 0",
    jitter,
  );
  // Known from now on, so that a process which only reads the result can.
  if (typeof options.serializer === "object") registerSerializer(options.serializer);
  const duration = (given: string | number | undefined, option: string) =>
    given === undefined ? undefined : parseDuration(given, `${what}: ${option}`);
  return {
    kind,
    name,
    fn: fn as (...args: readonly unknown[]) => unknown,
    options,
    retries: options.retries,
    timeout: duration(options.timeout, "timeout"),
    caching: readCaching(kind, name, options),
    cacheExpiration: duration(options.cacheExpiration, "cacheExpiration"),
    definedIn,
  };
}
