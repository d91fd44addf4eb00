import type { Frame } from "../context.ts";

/** Waits without the time counting towards the timeout of the task that waits. */
export async function offTheClock<T>(frame: Frame | undefined, wait: () => Promise<T>): Promise<T> {
  const clock = frame?.task?.clock;
  clock?.pause();
  try {
    return await wait();
  } finally {
    clock?.resume();
  }
}
