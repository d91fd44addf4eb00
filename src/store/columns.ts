import type { ResultRef, StoredValue } from "../core/run.ts";

/**
 * Values as columns hold them. JSON columns are text in every dialect, so that a row reads the same
 * everywhere.
 */
export type Bindable = string | number | null;

export const parse = (text: string): unknown => JSON.parse(text);
export const toJson = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

export function inlineText(value: StoredValue | null): string | null {
  return value?.kind === "inline" ? value.text : null;
}

export function refText(value: StoredValue | null): string | null {
  return value?.kind === "ref" ? JSON.stringify(value.ref) : null;
}

export function storedValue(text: string | null, ref: string | null): StoredValue | null {
  if (ref !== null) return { kind: "ref", ref: parse(ref) as ResultRef };
  return text === null ? null : { kind: "inline", text };
}
