/** What several repeats of one measurement gave: the median, and how far they lay apart. */
export interface Sample {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The value below which a share of the values lies. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function sampleOf(values: readonly number[]): Sample {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** A percentile of each of several series. */
export function percentileOf(series: readonly (readonly number[])[], share: number): Sample {
  return sampleOf(series.map((values) => percentile(values, share)));
}

/** The time that `work` takes, ms. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Repeats a measurement, after one time that does not count: it compiles, allocates and fills caches. */
export async function repeated<T>(times: number, once: () => T | Promise<T>): Promise<T[]> {
  await once();
  const answers: T[] = [];
  for (let time = 0; time < times; time++) answers.push(await once());
  return answers;
}
