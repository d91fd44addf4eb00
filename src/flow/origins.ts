import type { PendingArguments } from "./arguments.ts";
import type { TaskFuture } from "./future.ts";

/**
 * Which task run a value came from, so that the graph of a run shows how data went through it also
 * where values and not futures were passed on. Objects only: equal numbers have no origin.
 */
const origins = new WeakMap<object, string>();

export function noteOrigin(value: unknown, taskRunId: string): void {
  if (typeof value === "object" && value !== null && !origins.has(value)) origins.set(value, taskRunId);
}

/** By argument (and `wait_for`): the task runs that it came from; null when none is known. */
export function originsOf(
  args: readonly unknown[],
  pending: PendingArguments | null,
  waitFor: readonly TaskFuture<unknown>[],
): Record<string, readonly string[]> | null {
  let found: Record<string, readonly string[]> | null = null;
  for (const [index, arg] of args.entries()) {
    const ids = originIds(arg, pending?.byArgument.get(index) ?? []);
    if (ids.length > 0) (found ??= {})[String(index)] = ids;
  }
  const waited = idsOf(waitFor);
  if (waited.length > 0) (found ??= {})["wait_for"] = waited;
  return found;
}

/** An array made of other tasks' values (a gathered map) has as many origins; past this, the first ones. */
const MOST = 100;

function originIds(arg: unknown, futures: readonly TaskFuture<unknown>[]): readonly string[] {
  const ids = new Set(idsOf(futures));
  if (typeof arg === "object" && arg !== null) {
    const own = origins.get(arg);
    if (own !== undefined) ids.add(own);
    else if (Array.isArray(arg)) {
      for (const item of arg) {
        if (ids.size >= MOST) break;
        if (typeof item !== "object" || item === null) continue;
        const origin = origins.get(item as object);
        if (origin !== undefined) ids.add(origin);
      }
    }
  }
  return [...ids].slice(0, MOST);
}

function idsOf(futures: readonly TaskFuture<unknown>[]): string[] {
  return futures.map((future) => future.taskRunId).filter((id) => id !== null);
}
