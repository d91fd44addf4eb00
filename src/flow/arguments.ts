import { RefusedError } from "../core/errors.ts";
import { markOf, marked } from "./annotations.ts";
import { isFuture, type TaskFuture } from "./future.ts";

/** Deeper than this, a value is refused rather than searched: it is a cycle or no argument. */
const DEPTH = 200;

/** An argument list in which futures were found, or null when there is none to wait for. */
export interface PendingArguments {
  readonly futures: readonly TaskFuture<unknown>[];
  /** By argument index: the futures found in it. */
  readonly byArgument: ReadonlyMap<number, readonly TaskFuture<unknown>[]>;
  /** The arguments with every future replaced by its value; throws the first failure. */
  resolve(): Promise<unknown[]>;
}

/**
 * Looks for futures in arguments, at any depth in plain objects and arrays. What holds none is
 * passed on as the very same object.
 */
export function pendingArguments(args: readonly unknown[]): PendingArguments | null {
  const byArgument = new Map<number, TaskFuture<unknown>[]>();
  let any = false;
  for (const [index, arg] of args.entries()) {
    if (typeof arg !== "object" || arg === null) continue;
    const found: TaskFuture<unknown>[] = [];
    if (!collect(arg, found, 0)) continue;
    any = true;
    byArgument.set(index, found);
  }
  if (!any) return null;
  return {
    futures: [...byArgument.values()].flat(),
    byArgument,
    resolve: () => Promise.all(args.map((arg) => substitute(arg, false))),
  };
}

/** True when the value holds a future or an annotation, so that it must be rebuilt. */
function collect(value: unknown, found: TaskFuture<unknown>[], depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (isFuture(value)) {
    found.push(value);
    return true;
  }
  if (depth > DEPTH) throw tooDeep();
  if (marked(value)) {
    if (markOf(value) !== "quote") collect(value.value, found, depth + 1);
    return true;
  }
  let any = false;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === "object" && item !== null && collect(item, found, depth + 1)) any = true;
    }
    return any;
  }
  if (!isPlain(value)) return false;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "object" && item !== null && collect(item, found, depth + 1)) any = true;
  }
  return any;
}

async function substitute(value: unknown, allowFailure: boolean): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (isFuture(value)) return allowFailure ? value.result({ raiseOnFailure: false }) : value.result();
  if (marked(value)) {
    if (markOf(value) === "quote") return value.value;
    return substitute(value.value, allowFailure || markOf(value) === "allowFailure");
  }
  if (!collect(value, [], 0)) return value;
  if (Array.isArray(value)) {
    return Promise.all(Array.from(value as unknown[], (item) => substitute(item, allowFailure)));
  }
  const entries = Object.entries(value);
  const values = await Promise.all(entries.map(([, item]) => substitute(item, allowFailure)));
  return Object.fromEntries(entries.map(([key], index) => [key, values[index]]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function tooDeep(): RefusedError {
  return new RefusedError({
    code: "SEGNO_ARGUMENT_TOO_DEEP",
    message: `An argument is nested deeper than ${DEPTH} levels, or refers to itself.`,
    help: "Give flat data, or wrap the value in quote() so that it is not searched for futures.",
    facts: { depth: DEPTH },
  });
}
