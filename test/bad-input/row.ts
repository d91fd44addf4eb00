/** One wrong call, and what must come of it. */
export interface Row {
  /** The public name that is called. */
  readonly of: string;
  /** What is wrong. */
  readonly about: string;
  /** Where the call stands; default outside any run. */
  readonly in?: "flow" | "task";
  readonly call: () => unknown;
  readonly code: `SEGNO_${string}`;
  /** Texts that the message must hold: what was expected, and what came. */
  readonly says: readonly string[];
}

/** Gives a value to a parameter that does not take it, as a caller without types would. */
export function wrong(value: unknown): never {
  return value as never;
}

export function circular(): object {
  const value: Record<string, unknown> = { name: "round" };
  value["self"] = value;
  return value;
}
