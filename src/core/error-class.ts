import {
  CancelledError,
  LeaseLostError,
  NonRetryable,
  RefusedError,
  ReplayError,
  SegnoError,
  StoppedError,
  StoreError,
  TimedOutError,
} from "./errors.ts";
import { RetryAfter } from "./retry-after-error.ts";

/**
 * Which class an error is of, for the journal, and an error of that class again.
 *
 * Replay must give the code what the first execution gave it, so that `catch (e) { if (e instanceof
 * …) }` goes the same way.
 */

type ErrorClass = { readonly prototype: object };

/** The classes that come back as themselves; a subclass of one comes back as that one. */
const CLASSES: Readonly<Record<string, ErrorClass>> = {
  RefusedError,
  ReplayError,
  LeaseLostError,
  StoreError,
  StoppedError,
  CancelledError,
  TimedOutError,
  SegnoError,
  NonRetryable,
  RetryAfter,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  DOMException,
  Error,
};

const BUILT_IN: ReadonlySet<string> = new Set(
  [AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    (known) => known.name,
  ),
);

const CLASS_OF_PROTOTYPE: ReadonlyMap<object, string> = new Map(
  Object.entries(CLASSES).map(([name, known]) => [known.prototype, name]),
);

/** The prototype of a class that comes back as itself. */
export function classNamed(name: string): object | undefined {
  return Object.hasOwn(CLASSES, name) ? CLASSES[name]?.prototype : undefined;
}

/** The name of the nearest class that comes back as itself. */
export function classOf(error: object): string {
  try {
    for (let at: unknown = error; typeof at === "object" && at !== null; at = Object.getPrototypeOf(at)) {
      const known = CLASS_OF_PROTOTYPE.get(at);
      if (known !== undefined) return known;
    }
    // Of another realm: its TypeError is a TypeError all the same. Segno's own names are not
    // trusted there, because a user's class may be called StoreError.
    const name = read(error, "name");
    if (typeof name === "string" && BUILT_IN.has(name)) return name;
  } catch {
    // A proxy that refuses even that is an Error.
  }
  return "Error";
}

/** The error that `tagError` wrote; its members are already revived. */
export function reviveErrorTag(record: Readonly<Record<string, unknown>>): Error {
  const known = text(record.class);
  const message = text(record.message);
  const error = withoutStack(() =>
    known === "DOMException" ? new DOMException(message, text(record.name)) : new Error(message),
  );
  const prototype = classNamed(known);
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);

  if (known !== "DOMException" && typeof record.name === "string") define(error, "name", record.name, false);
  for (const key of ["stack", "cause", "errors"]) {
    if (Object.hasOwn(record, key)) define(error, key, record[key], false);
  }
  const own = record.own;
  if (typeof own === "object" && own !== null) {
    for (const [key, value] of Object.entries(own)) define(error, key, value, true);
  }
  return error;
}

/** The recorded stack takes its place, and walking this one would be nearly all that a revival costs. */
function withoutStack(make: () => Error): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function define(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

/** A property's value, or undefined when its getter throws. */
export function read(target: object | undefined, key: string): unknown {
  if (target === undefined) return undefined;
  try {
    return Reflect.get(target, key);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
