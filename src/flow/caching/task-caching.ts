import { RefusedError } from "../../core/errors.ts";
import type { TaskDefinition } from "../task-definition.ts";
import { cachePolicy, type CachePolicy, isCachePolicy } from "./policy.ts";

const policies = new WeakMap<TaskDefinition, CachePolicy | null>();

/**
 * The policy that a task's options come to, or null when it is not cached: a task is cached only if
 * it says how.
 *
 * @throws RefusedError `SEGNO_INVALID_CACHE_POLICY` when the options contradict each other.
 */
export function cachingOf(definition: TaskDefinition): CachePolicy | null {
  const { cachePolicy, cacheKey } = definition.options;
  if (cachePolicy === undefined && cacheKey === undefined) return null;
  let policy = policies.get(definition);
  if (policy === undefined) {
    policy = read(definition);
    policies.set(definition, policy);
  }
  return policy;
}

function read({ name, options }: TaskDefinition): CachePolicy | null {
  const { cachePolicy: given, cacheKey, persistResult } = options;
  if (given !== undefined && !isCachePolicy(given)) {
    throw contradiction(
      name,
      "`cachePolicy` is not a policy",
      "Give INPUTS, another policy, or cachePolicy(fn).",
    );
  }
  if (given !== undefined && cacheKey !== undefined) {
    throw contradiction(
      name,
      "it has both `cachePolicy` and `cacheKey`",
      "Keep one of them; cachePolicy(fn) adds a key function to a policy.",
    );
  }
  if (cacheKey !== undefined && typeof cacheKey !== "function") {
    throw contradiction(name, "`cacheKey` is not a function", "Write cacheKey: ({ args }) => `…`.");
  }
  const policy = cacheKey === undefined ? given : cachePolicy(cacheKey);
  if (policy === undefined || policy.parts.length === 0) return null;
  if (persistResult === false) {
    throw contradiction(
      name,
      "it is to be cached, but its result is not kept (`persistResult: false`)",
      "Keep the result, or set cachePolicy: NONE.",
    );
  }
  return policy;
}

function contradiction(name: string, what: string, help: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_CACHE_POLICY",
    message: `Task "${name}" cannot be cached: ${what}.`,
    help,
    facts: { task: name },
  });
}
