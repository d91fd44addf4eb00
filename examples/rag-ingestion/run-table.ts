/** What the table at the end tells of one task's runs. */
export interface TaskTally {
  name: string;
  count: number;
  cached: number;
  /** Attempts that followed a failure. */
  retried: number;
  /** From the first start to the last end, in milliseconds: tasks of one name overlap. */
  elapsed: number;
}

/** The fields of a task run that a tally is made of; times in microseconds. */
export interface TalliedRun {
  readonly id: string;
  readonly name: string;
  readonly taskKey: string;
  readonly stateName: string;
  readonly runCount: number;
  /** The states that the run went through, as type, name and time. */
  readonly states: readonly (readonly [type: string, name: string, at: number, message?: string])[];
  readonly startAt: number | null;
  readonly endAt: number | null;
}

export function tallyOf(runs: readonly TalliedRun[]): TaskTally[] {
  const byTask = new Map<string, TalliedRun[]>();
  for (const run of runs) byTask.set(run.taskKey, [...(byTask.get(run.taskKey) ?? []), run]);
  return [...byTask].map(([name, ofTask]) => {
    const starts = ofTask.flatMap(({ startAt }) => (startAt === null ? [] : [startAt]));
    const ends = ofTask.flatMap(({ endAt }) => (endAt === null ? [] : [endAt]));
    return {
      name,
      count: ofTask.length,
      cached: ofTask.filter((run) => run.stateName === "Cached").length,
      retried: ofTask.flatMap((run) => run.states).filter(([, name]) => name === "AwaitingRetry").length,
      elapsed: starts.length > 0 && ends.length > 0 ? (Math.max(...ends) - Math.min(...starts)) / 1000 : 0,
    };
  });
}

/** Rows under their headings; numbers to the right. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("   ");
  return [line(headings), widths.map((width) => "─".repeat(width)).join("───"), ...rows.map(line)]
    .map((text) => `  ${text.trimEnd()}`)
    .join("\n");
}

export function formatTally(tallies: readonly TaskTally[]): string {
  return formatTable(
    ["task", "runs", "cached", "retried", "time"],
    tallies.map(({ name, count, cached, retried, elapsed }) => [
      name,
      String(count),
      String(cached),
      String(retried),
      `${(elapsed / 1000).toFixed(1)} s`,
    ]),
  );
}
