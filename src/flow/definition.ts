import { fileURLToPath } from "node:url";
import { RefusedError } from "../core/errors.ts";
import { showValue } from "../core/value-kind.ts";
import { callSite } from "./call-site.ts";
import { wrongOption } from "./option-checks.ts";

/** What `task()` and `flow()` were given: options, or a function that has a name. */
export type AnyFunction = (...args: never[]) => unknown;

export interface Given<Options> {
  readonly options: Options;
  readonly fn: AnyFunction;
  readonly name: string;
}

const NAME_LIMIT = 255;

/**
 * Sorts out `f(fn)` and `f(options, fn)`, and finds the name.
 * @throws RefusedError at definition, when there is no name or no function.
 */
export function readDefinition<Options extends { readonly name?: string }>(
  what: "task" | "flow" | "step",
  first: unknown,
  second: unknown,
): Given<Options> {
  const options = (typeof first === "function" ? {} : first) as Options;
  const fn = typeof first === "function" ? first : second;
  if (typeof options !== "object" || options === null) {
    throw invalidDefinition(what, "expected options or a function first", options);
  }
  if (typeof fn !== "function") throw invalidDefinition(what, "expected a function", fn);
  const name = options.name ?? fn.name;
  if (typeof name !== "string") throw invalidDefinition(what, "`name` must be text", name);
  if (name === "") {
    throw new RefusedError({
      code: "SEGNO_NAME_MISSING",
      message: `A ${what} needs a name, because a name is what its journal knows it by; this function is anonymous.`,
      help: `Write ${what}({ name: "…" }, fn), or give a named function: ${what}(async function load() {…}).`,
      facts: { what, definedAt: callSite(new Error("definition")) },
    });
  }
  if (name.trim() === "") throw invalidDefinition(what, "`name` must have something to read", name);
  if (name.length > NAME_LIMIT)
    throw invalidDefinition(what, `a name has at most ${NAME_LIMIT} characters`, name);
  return { options, fn: fn as AnyFunction, name };
}

/** The refusal of a definition that cannot be meant. */
export function invalidDefinition(what: string, expected: string, got: unknown): RefusedError {
  const shown =
    typeof got === "string" && got.length > 60 ? `text of ${got.length} characters` : showValue(got);
  return new RefusedError({
    code: "SEGNO_INVALID_DEFINITION",
    message: `${what}(…): ${expected}; got ${shown}.`,
    help: `Call it as ${what}({ name: "…", …options }, async (…) => {…}).`,
    facts: { what, got: shown, definedAt: callSite(new Error("definition")) },
  });
}

/** Refuses an option whose value cannot be meant, naming it. */
export function checkOption(what: string, option: string, ok: boolean, expected: string, got: unknown): void {
  if (!ok) throw wrongOption(what, option, expected, got);
}

export function checkRetries(what: string, retries: number | undefined): void {
  checkOption(
    what,
    "retries",
    retries === undefined || (Number.isSafeInteger(retries) && retries >= 0),
    "a whole number of at least 0",
    retries,
  );
}

export function checkTags(what: string, tags: readonly string[] | undefined): void {
  const ok =
    tags === undefined || (Array.isArray(tags) && tags.every((tag) => typeof tag === "string" && tag !== ""));
  checkOption(what, "tags", ok, "an array of non-empty texts", tags);
}

/** The file of the user's line that is calling, found now and looked at when somebody asks. */
export function definitionFile(): () => string | null {
  const here = new Error("definition");
  let file: string | null | undefined;
  return () => {
    if (file === undefined) {
      const place = callSite(here);
      file = place === null ? null : place.replace(/:\d+:\d+$/, "");
      if (file?.startsWith("file://") === true) file = fileURLToPath(file);
    }
    return file;
  };
}
