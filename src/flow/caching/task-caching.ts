import { RefusedError } from "../../core/errors.ts";
import { showValue } from "../../core/value-kind.ts";
import type { TaskOptions } from "../options.ts";
import { cachePolicy, type CachePolicy, isCachePolicy } from "./policy.ts";

/**
 * The policy that a task's options come to, or null when it is not cached: a task is cached only if
 * it says how.
 *
 * @throws RefusedError `SEGNO_INVALID_CACHE_POLICY` when the options contradict each other.
 */
export function readCaching(kind: "task" | "step", name: string, options: TaskOptions): CachePolicy | null {
  const { cachePolicy: given, cacheKey, cacheExpiration, persistResult } = options;
  const refuse = (what: string, help: string) => refused(`${kind} "${name}"`, what, help);
  if (given !== undefined && !isCachePolicy(given)) {
    throw refuse(
      `\`cachePolicy\` is not a policy; got ${showValue(given)}`,
      "Give INPUTS, another policy, or cachePolicy(fn).",
    );
  }
  if (cacheKey !== undefined && typeof cacheKey !== "function") {
    throw refuse(
      `\`cacheKey\` is not a function; got ${showValue(cacheKey)}`,
      "Write cacheKey: ({ args }) => `…`.",
    );
  }
  if (given !== undefined && cacheKey !== undefined) {
    throw refuse(
      "it has both `cachePolicy` and `cacheKey`",
      "Keep one of them; cachePolicy(fn) adds a key function to a policy.",
    );
  }
  const policy = cacheKey === undefined ? given : cachePolicy(cacheKey);
  if (policy === undefined) {
    if (cacheExpiration === undefined) return null;
    throw refuse(
      "`cacheExpiration` alone says nothing of the key",
      "Add a `cachePolicy` such as INPUTS, or a `cacheKey`.",
    );
  }
  if (policy.parts.length === 0) return null;
  if (persistResult === false) {
    throw refuse(
      "its result is not kept (`persistResult: false`), so there is nothing to cache",
      "Keep the result, or set cachePolicy: NONE.",
    );
  }
  if (kind === "step" && policy.parts.some((part) => part.kind === "inputs")) {
    throw refuse(
      "a step has no arguments for INPUTS; what its block reads from around it is not seen",
      "Make it a task with parameters, or give the step a `cacheKey` of what it reads.",
    );
  }
  return policy;
}

function refused(task: string, what: string, help: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_CACHE_POLICY",
    message: `${task} cannot be cached: ${what}.`,
    help,
    facts: { task },
  });
}
