import { type Command, InvalidArgumentError, Option } from "commander";
import { STATE_TYPES, type StateType } from "../../core/state.ts";

/** What every list takes. */
export interface ListOptions {
  readonly limit: number;
  readonly after?: string;
  readonly json?: boolean;
}

export const json = (): Option => new Option("--json", "print JSON");

export const limit = (): Option =>
  new Option("-n, --limit <n>", "rows at most, 1 to 1000").argParser(wholeNumber(1, 1000)).default(20);

export const after = (what: string): Option =>
  new Option(`--after <${what}>`, `go on after this row of a list: its ${what}`);

export const tags = (about: string): Option =>
  new Option("--tag <tag>", `${about}; repeatable`).argParser(collect);

export const stateTypes = (): Option =>
  new Option("--state-type <type>", `only this state type (${STATE_TYPES.join(", ")}); repeatable`).argParser(
    (text: string, before: readonly StateType[] | undefined) => {
      const found = STATE_TYPES.find((type) => type === text.toUpperCase());
      if (found === undefined) throw new InvalidArgumentError(`Expected one of ${STATE_TYPES.join(", ")}.`);
      return [...(before ?? []), found];
    },
  );

export const stateNames = (): Option =>
  new Option("--state <name>", "only this state name, such as Failed or TimedOut; repeatable").argParser(
    collect,
  );

export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** @throws InvalidArgumentError, which commander shows with the option's name. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `Expected a whole number from ${min}.`
        : `Expected a whole number from ${min} to ${max}.`,
    );
  };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError("Expected a number that is not negative.");
}

export function wantsDebug(program: Command): boolean {
  return program.opts<{ debug?: boolean }>().debug === true;
}
