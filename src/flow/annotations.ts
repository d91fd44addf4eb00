/**
 * Marks on arguments: they say how a value is to be taken, and are gone when the task sees it.
 */
const MARK: unique symbol = Symbol.for("segno.annotation.v1");

type Mark = "unmapped" | "allowFailure" | "quote";

export interface Annotated<M extends Mark, T> {
  readonly [MARK]: M;
  readonly value: T;
}

export type Unmapped<T> = Annotated<"unmapped", T>;
export type AllowFailure<T> = Annotated<"allowFailure", T>;
export type Quoted<T> = Annotated<"quote", T>;

/**
 * In `.map()`, gives the same value to each call instead of taking it apart.
 *
 * @example
 * chunk.map(docs, unmapped(512));
 */
export function unmapped<T>(value: T): Unmapped<T> {
  return { [MARK]: "unmapped", value };
}

/**
 * Lets the task run although the future failed: it gets the error as the value.
 *
 * @example
 * report.submit(allowFailure(loaded)); // loaded's value, or the Error it failed with
 */
export function allowFailure<T>(value: T): AllowFailure<T> {
  return { [MARK]: "allowFailure", value };
}

/**
 * Gives a value as it is: it is not searched for futures, which for a large value saves the walk.
 *
 * @example
 * upsert.submit(quote(millionVectors));
 */
export function quote<T>(value: T): Quoted<T> {
  return { [MARK]: "quote", value };
}

export function markOf(value: unknown): Mark | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Partial<Annotated<Mark, unknown>>)[MARK];
}

export function marked(value: unknown): value is Annotated<Mark, unknown> {
  return markOf(value) !== undefined;
}
