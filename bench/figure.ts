import type { Sample } from "./measure.ts";

/** One line of the report. */
export interface Figure {
  /** Stable, for programs: `sequential.step.p50`. */
  readonly id: string;
  /** For people. */
  readonly label: string;
  readonly unit: Unit;
  /** What others call it that are compared with it. */
  readonly alias?: string;
  readonly value: number;
  /** The least and the most of the repeats; none for a figure that is computed from others. */
  readonly spread?: readonly [least: number, most: number];
  /** What this is compared with: as many operations of that raw limit as the figure holds; one if not said. */
  readonly limit?: { readonly id: string; readonly operations?: number };
  readonly target?: Target;
  /** What it is a multiple of, when that is no raw limit: `1.40 × plain Node`. */
  readonly note?: string;
}

export type Unit = "ms" | "/s" | "KiB" | "MiB";

/** What ARCHITECTURE asks for. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

export function figure(
  id: string,
  label: string,
  unit: Unit,
  sample: Sample,
  more: Pick<Figure, "alias" | "limit" | "target" | "note"> = {},
): Figure {
  return { id, label, unit, value: sample.median, spread: [sample.least, sample.most], ...more };
}

/** Whether a figure reaches its target; null when it has none. */
export function meets({ value, target }: Figure): boolean | null {
  if (target === undefined) return null;
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}

/** How many times its raw limit a figure costs, as time: above 1 is dearer, whichever way its unit goes. */
export function ratioToLimit(figure: Figure, limits: ReadonlyMap<string, Figure>): number | null {
  const limit = figure.limit === undefined ? undefined : limits.get(figure.limit.id);
  if (limit === undefined) return null;
  return timeOf(figure) / (timeOf(limit) * (figure.limit?.operations ?? 1));
}

/** ms of one operation. */
function timeOf({ unit, value }: Figure): number {
  return unit === "/s" ? 1000 / value : value;
}

/** The better of two measurements of the same thing, with the spread of both. */
export function better(one: Figure, other: Figure): Figure {
  const best = timeOf(one) <= timeOf(other) ? one : other;
  const ends = [...(one.spread ?? []), ...(other.spread ?? [])];
  return { ...best, spread: [Math.min(...ends), Math.max(...ends)] };
}
