import { setTimeout as pause } from "node:timers/promises";
import { task } from "segno";
import { got, note, started } from "./side.ts";

/** Takes so many ms, and answers its own key, so that a result given to another call is seen. */
export const work = task({ name: "work" }, async (key: string, ms: number) => {
  started(key);
  if (ms > 0) await pause(ms);
  return key;
});

/** Calls {@link work}, witnesses the result, and checks whose it is. */
export async function worked(key: string, ms: number, call: typeof work = work): Promise<string> {
  const value = await got(key, call(key, ms));
  if (value !== key) note({ at: "mixed", key, got: value });
  return value;
}
