import { classOf, classNamed, read } from "./error-class.ts";
import { kindOf } from "./value-kind.ts";
import { isJsonNumber, TAG, type Tagged, tagged, tagLeaf, tagNumber, UNDEFINED_TAG } from "./value-tag.ts";

/**
 * Errors as JSON; `error-class.ts` makes errors of it again.
 *
 * An error is a report, so what it carries is written leniently: what cannot be stored (a socket, a
 * function, a way back to itself) is left out rather than refused. Nothing in here throws, whatever
 * the error's getters do.
 */

export interface ErrorLimits {
  /** Characters of a message, of a stack and of every string among an error's own properties. */
  readonly text: number;
  /** Values in all own properties together. */
  readonly values: number;
  /** Levels of an own property's value. */
  readonly depth: number;
  /** Causes of causes. */
  readonly causes: number;
  /** Members of one AggregateError. */
  readonly errors: number;
}

/** For an error that is part of a value: as good as all of it. */
export const WHOLE_ERROR: ErrorLimits = {
  text: 1_000_000,
  values: 10_000,
  depth: 10,
  causes: 50,
  errors: 1000,
};

/** What HTTP clients hang on their errors and a database must not keep. */
const SECRET = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api[-_]?key|password|secret)$/i;

/** A longer one is data, and would slip past the limits on text. */
const LONGEST_KEY = 200;

const SPECIAL: ReadonlySet<string> = new Set(["message", "stack", "cause", "errors"]);

const LEFT_OUT = Symbol("left out");

/** An error of any class, of this realm or another, within the limits. */
export function tagError(error: object, limits: ErrorLimits): Tagged {
  return new ErrorTagger(limits).error(error, 0);
}

/**
 * Any thrown value within the limits, written as leniently as an error's own properties; undefined
 * when nothing of it can be stored.
 */
export function tagThrown(thrown: unknown, limits: ErrorLimits): { readonly tree: unknown } | undefined {
  const tree = new ErrorTagger(limits).value(thrown);
  return tree === LEFT_OUT ? undefined : { tree };
}

class ErrorTagger {
  readonly #limits: ErrorLimits;
  /** The errors on the way to the one being written: a cause may lead back to one of them. */
  readonly #open = new Set<object>();
  #valuesLeft: number;

  constructor(limits: ErrorLimits) {
    this.#limits = limits;
    this.#valuesLeft = limits.values;
  }

  value(value: unknown): unknown {
    return this.#value(value, 0, 0);
  }

  error(error: object, chain: number): Tagged {
    this.#open.add(error);
    const known = classOf(error);
    const record: Record<string, unknown> = { class: known };
    const own = this.#own(error, chain);
    const name = read(error, "name");
    if (typeof name === "string" && !Object.hasOwn(own, "name") && name !== read(classNamed(known), "name")) {
      record.name = this.#cut(name);
    }
    record.message = this.#cut(text(read(error, "message")));
    const stack = read(error, "stack");
    if (typeof stack === "string") record.stack = this.#cut(stack);
    if (owns(error, "cause")) this.#put(record, "cause", read(error, "cause"), 0, chain);
    if (owns(error, "errors"))
      this.#put(record, "errors", this.#firstErrors(read(error, "errors")), 0, chain);
    if (Object.keys(own).length > 0) record.own = own;
    this.#open.delete(error);
    return tagged("error", record);
  }

  #firstErrors(errors: unknown): unknown {
    return Array.isArray(errors) ? errors.slice(0, this.#limits.errors) : errors;
  }

  #own(error: object, chain: number): Record<string, unknown> {
    const own: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const key of keysOf(error)) {
      if (!SPECIAL.has(key)) this.#put(own, key, read(error, key), 0, chain);
    }
    return own;
  }

  #put(target: Record<string, unknown>, key: string, value: unknown, depth: number, chain: number): void {
    const kept =
      SECRET.test(key) && typeof value === "string" ? "[redacted]" : this.#value(value, depth, chain);
    if (kept !== LEFT_OUT) target[key] = kept;
  }

  #value(value: unknown, depth: number, chain: number): unknown {
    if (--this.#valuesLeft < 0) return LEFT_OUT;
    switch (typeof value) {
      case "string":
        return this.#cut(value);
      case "number":
        return isJsonNumber(value) ? value : tagNumber(value);
      case "bigint":
        return tagged("bigint", String(value));
      case "boolean":
        return value;
      case "undefined":
        return UNDEFINED_TAG;
      case "object":
        if (value === null) return null;
        if (depth >= this.#limits.depth) return LEFT_OUT;
        try {
          return this.#object(value, depth + 1, chain);
        } catch {
          return LEFT_OUT;
        }
      default:
        return LEFT_OUT;
    }
  }

  #object(value: object, depth: number, chain: number): unknown {
    const kind = kindOf(value);
    switch (kind) {
      case "error":
        if (chain >= this.#limits.causes || this.#open.has(value)) return LEFT_OUT;
        return this.error(value, chain + 1);
      case "array":
        return this.#list(value as unknown[], depth, chain);
      case "map":
        return tagged("map", this.#entries(value as Map<unknown, unknown>, depth, chain));
      case "set":
        return tagged("set", this.#list([...(value as Set<unknown>)], depth, chain));
      case "plain": {
        const copy = Object.create(null) as Record<string, unknown>;
        for (const key of keysOf(value)) this.#put(copy, key, read(value, key), depth, chain);
        return TAG in copy ? tagged("object", copy) : copy;
      }
      case "toJSON":
        return this.#value((value as { toJSON(): unknown }).toJSON(), depth, chain);
      case "bytes":
        return (value as ArrayBuffer).byteLength > this.#limits.text ? LEFT_OUT : tagLeaf(kind, value);
      case "date":
      case "regexp":
      case "url":
        return tagLeaf(kind, value);
      default:
        return LEFT_OUT;
    }
  }

  #list(values: readonly unknown[], depth: number, chain: number): unknown[] {
    const kept: unknown[] = [];
    for (const value of values) {
      if (this.#valuesLeft <= 0) break;
      const member = this.#value(value, depth, chain);
      kept.push(member === LEFT_OUT ? null : member);
    }
    return kept;
  }

  #entries(map: ReadonlyMap<unknown, unknown>, depth: number, chain: number): unknown[] {
    const kept: unknown[] = [];
    for (const [key, value] of map) {
      const entry = [this.#value(key, depth, chain), this.#value(value, depth, chain)];
      if (!entry.includes(LEFT_OUT)) kept.push(entry);
    }
    return kept;
  }

  #cut(whole: string): string {
    const rest = whole.length - this.#limits.text;
    return rest <= 0 ? whole : `${whole.slice(0, this.#limits.text)}… (${rest} more characters)`;
  }
}

function owns(target: object, key: string): boolean {
  try {
    return Object.hasOwn(target, key);
  } catch {
    return false;
  }
}

function keysOf(target: object): string[] {
  try {
    return Object.keys(target).filter((key) => key.length <= LONGEST_KEY);
  } catch {
    return [];
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
