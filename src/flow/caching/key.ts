import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/canonical.ts";
import { RefusedError } from "../../core/errors.ts";
import { showValue } from "../../core/value-kind.ts";
import { withoutParameters } from "./parameters.ts";
import type { CacheContext, CacheKeyFunction, CachePolicy, KeyPart } from "./policy.ts";

/** Characters; Prefect's clients and server hold to the same. */
const LONGEST_KEY = 2000;
/** Of a task's name at the head of its keys. */
const LONGEST_NAME = 200;

/** A call whose key is wanted: what key functions see, and what the other parts need. */
export interface KeyRequest {
  readonly context: CacheContext;
  readonly fn: (...args: never[]) => unknown;
  /** Stands for the run where there is none. */
  readonly taskRunId: string;
}

/**
 * The key of a call, or null when it is not to be cached.
 *
 * A key function that stands alone gives the key as it is. Everything else is hashed, with the
 * task's name: tasks that happen to have equal arguments do not share results.
 *
 * @throws RefusedError when an argument has no canonical text or a key function fails.
 */
export async function cacheKeyOf(policy: CachePolicy, request: KeyRequest): Promise<string | null> {
  const { parts, configuration } = policy;
  const { taskName } = request.context;
  const prefix = configuration.keyPrefix ?? "";
  const [only] = parts;
  if (only === undefined) return null;
  if (parts.length === 1 && only.kind === "function") {
    const key = await callKeyFunction(only.fn, request);
    return key === null ? null : checkLength(taskName, prefix + key);
  }
  const texts: string[] = [];
  for (const part of parts) {
    const text = await partText(part, request);
    if (text === null) return null;
    texts.push(`${part.kind} ${text}`);
  }
  // Sorted, so that a.plus(b) and b.plus(a) are one policy.
  const hash = createHash("sha256")
    .update(JSON.stringify([taskName, texts.sort()]))
    .digest("hex");
  return checkLength(taskName, `${prefix}${taskName.slice(0, LONGEST_NAME)}:${hash}`);
}

function partText(part: KeyPart, request: KeyRequest): string | null | Promise<string | null> {
  const { context, fn, taskRunId } = request;
  switch (part.kind) {
    case "inputs":
      return inputsText(part.without, request);
    case "task-source":
      return sourceOf(context.taskName, fn);
    case "flow-parameters":
      return canonicalJson(context.parameters, "the flow's parameters");
    case "run-id":
      return context.flowRunId ?? taskRunId;
    case "function":
      return callKeyFunction(part.fn, request);
  }
}

async function inputsText(without: readonly string[], { context, fn }: KeyRequest): Promise<string> {
  const { taskName, args } = context;
  const left = without.length === 0 ? args : await withoutParameters(taskName, fn, args, without);
  // f(1) and f(1, undefined) are the same call.
  const given = left.slice(0, left.findLastIndex((arg) => arg !== undefined) + 1);
  return `[${given.map((arg, index) => canonicalJson(arg, `argument ${index + 1} of task "${taskName}"`)).join(",")}]`;
}

/** The text of a bound or native function is the same for all: a key made of it would never change. */
function sourceOf(taskName: string, fn: (...args: never[]) => unknown): string {
  const source = Function.prototype.toString.call(fn);
  if (!/\{\s*\[native code\]\s*\}\s*$/.test(source)) return source;
  throw new RefusedError({
    code: "SEGNO_NO_TASK_SOURCE",
    message: `The cache policy of task "${taskName}" uses TASK_SOURCE, but its function has no source of its own (it is bound or native).`,
    help: "Wrap it in a function, or leave TASK_SOURCE out and put a version into `keyPrefix`.",
    facts: { task: taskName },
  });
}

async function callKeyFunction(fn: CacheKeyFunction<never>, { context }: KeyRequest): Promise<string | null> {
  const { taskName } = context;
  let key: unknown;
  try {
    key = await fn(context as CacheContext<never>);
  } catch (cause) {
    throw new RefusedError({
      code: "SEGNO_CACHE_KEY_FAILED",
      message: `The cache key function of task "${taskName}" failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      help: "Have it answer null for a call that cannot be cached.",
      facts: { task: taskName },
      cause,
    });
  }
  if (key === null || (typeof key === "string" && key !== "")) return key;
  throw new RefusedError({
    code: "SEGNO_INVALID_CACHE_KEY",
    message: `The cache key function of task "${taskName}" must answer a non-empty text, or null for no caching; it answered ${key === "" ? "an empty text" : showValue(key)}.`,
    help: "Return the key, for instance `${args[0].id}-${args[0].version}`.",
    facts: { task: taskName, got: typeof key },
  });
}

function checkLength(taskName: string, key: string): string {
  if (key.length <= LONGEST_KEY) return key;
  throw new RefusedError({
    code: "SEGNO_INVALID_CACHE_KEY",
    message: `The cache key of task "${taskName}" has ${key.length} characters; at most ${LONGEST_KEY} are kept.`,
    help: "Hash what makes it long, or use INPUTS, which does.",
    facts: { task: taskName, length: key.length, limit: LONGEST_KEY },
  });
}
