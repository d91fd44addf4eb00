import { setTimeout as delay } from "node:timers/promises";

import { progressOf } from "./journal.ts";
import { createProgress, type TaskProgress } from "./progress.ts";

export interface WatchedRun {
  id: string;
  name: string;
}

const MILLISECONDS_BETWEEN_LOOKS = 200;

/**
 * Draws how far a run is while `work` lasts, from its journal: the same that another process would see.
 *
 * @param work starts the run, with the given `onRun`.
 * @param onProgress is told what is drawn.
 */
export async function watchRun<T>(
  work: (onRun: (run: WatchedRun) => void) => Promise<T>,
  onProgress: (tasks: readonly TaskProgress[]) => void = () => {},
): Promise<{ run: WatchedRun; result: T }> {
  const progress = createProgress();
  const ended = new AbortController();
  let run: WatchedRun | undefined;
  let watching: Promise<void> | undefined;

  async function look({ id }: WatchedRun): Promise<void> {
    const tasks = await progressOf(id);
    progress.update(tasks);
    onProgress(tasks);
  }

  async function lookAgainAndAgain(known: WatchedRun): Promise<void> {
    while (!ended.signal.aborted) {
      await look(known);
      // Aborting the delay rejects it; that is the end of the loop, and no failure.
      await delay(MILLISECONDS_BETWEEN_LOOKS, undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  try {
    const result = await work(({ id, name }) => {
      run = { id, name };
      watching = lookAgainAndAgain(run);
    });
    if (!run) throw new Error("the work was done, but no run was made known");
    return { run, result };
  } finally {
    ended.abort();
    await watching;
    if (run) await look(run);
    progress.end();
  }
}
