/** Runs the work so many times at once; a failure lets the others come to an end, and is thrown then. */
export async function inParallel(times: number, work: () => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, () => work()));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason as Error;
}

/** Works through the items, so many at once. */
export async function forEachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  await inParallel(atOnce, async () => {
    for (;;) {
      const item = items[next++];
      if (item === undefined) return;
      await work(item);
    }
  });
}
