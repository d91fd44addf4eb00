import type { Figure } from "./figure.ts";

/** What a measurement is given. It runs in a process of its own, with a fresh store. */
export interface Conditions {
  /** Little work, to see that everything runs; the figures mean nothing. */
  readonly quick: boolean;
  /** A folder on the disk under test, removed afterwards. */
  readonly folder: string;
  /** Says what is being measured now. */
  readonly progress: (what: string) => void;
}

export interface Measurement {
  readonly title: string;
  readonly measure: (conditions: Conditions) => Promise<readonly Figure[]>;
}

/** Every measurement, in the order of the report. Loaded by name: what one imports must not weigh on another. */
export const MEASUREMENTS = {
  raw: async () => (await import("./raw-limits.ts")).rawLimits,
  sequential: async () => (await import("./sequential.ts")).sequential,
  throughput: async () => (await import("./throughput.ts")).throughput,
  runs: async () => (await import("./short-runs.ts")).shortRuns,
  "fan-out": async () => (await import("./fan-out.ts")).fanOut,
  replay: async () => (await import("./replay.ts")).replay,
  cold: async () => (await import("./cold.ts")).cold,
  memory: async () => (await import("./memory.ts")).memory,
  imports: async () => (await import("./imports.ts")).imports,
} as const satisfies Readonly<Record<string, () => Promise<Measurement>>>;

export type MeasurementName = keyof typeof MEASUREMENTS;

export const NAMES = Object.keys(MEASUREMENTS) as readonly MeasurementName[];

export function isMeasurement(name: string): name is MeasurementName {
  return Object.hasOwn(MEASUREMENTS, name);
}
