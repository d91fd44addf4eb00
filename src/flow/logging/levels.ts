/** Python's numbers, so that lines of Python and TypeScript flows sort together. */
export const LEVELS = { debug: 10, info: 20, warning: 30, error: 40, critical: 50 } as const;

/** `INFO`, or `Level 25` for a number that has no name. */
export function levelName(level: number): string {
  const named = Object.entries(LEVELS).find(([, value]) => value === level);
  return named === undefined ? `Level ${level}` : named[0].toUpperCase();
}
