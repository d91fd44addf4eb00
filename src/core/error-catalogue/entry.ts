/** The classes of `errors.ts` that bear a code. */
type ErrorClassName =
  | "RefusedError"
  | "StoppedError"
  | "ReplayError"
  | "LeaseLostError"
  | "StoreError"
  | "CancelledError"
  | "TimedOutError";

/** What the catalogue says of one code. */
export interface CatalogueEntry {
  /** What follows from it. */
  readonly class: ErrorClassName;
  /** What happened. */
  readonly summary: string;
  /** What to do about it. */
  readonly remedy: string;
}

export type Catalogue = Readonly<Record<`SEGNO_${string}`, CatalogueEntry>>;

/** Makes a class's entries of what happened and what to do. */
export function entryOf(name: ErrorClassName): (summary: string, remedy: string) => CatalogueEntry {
  return (summary, remedy) => ({ class: name, summary, remedy });
}
