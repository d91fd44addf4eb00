import { flow, step, task } from "segno";
import { got, started, startsOf } from "../side.ts";
import { worked } from "../work.ts";

const inner = task({ name: "inner" }, async (key: string, ms: number) => {
  started(key);
  await worked(`${key}/deep-1`, ms);
  await worked(`${key}/deep-2`, 2);
  return key;
});

const outer = task({ name: "outer" }, async (key: string) => {
  started(key);
  await got(`${key}/i`, inner(`${key}/i`, 8));
  await got(
    `${key}/step`,
    step("inline", () => {
      started(`${key}/step`);
      return 7;
    }),
  );
  await Promise.all([
    got(`${key}/j`, inner.with({ key: "j" })(`${key}/j`, 18)),
    got(`${key}/k`, inner.with({ key: "k" })(`${key}/k`, 5)),
  ]);
  return key;
});

/** Fails after its own tasks are done, once; the next attempt finds them done. */
const stumbling = task({ name: "stumbling", retries: 5, retryDelay: 10 }, async (key: string) => {
  started(key);
  await worked(`${key}/kept-1`, 5);
  await worked(`${key}/kept-2`, 0);
  if (startsOf(key) < 2) throw new Error("stumbled");
  await worked(`${key}/kept-3`, 4);
  return key;
});

/** Tasks that call tasks that call tasks. */
export const nesting = flow({ name: "nesting" }, async () => {
  const one = await got("nesting/a", outer("nesting/a"));
  const two = await Promise.all([
    got("nesting/b", outer("nesting/b")),
    got("nesting/c", stumbling("nesting/c")),
    got("nesting/d", outer("nesting/d")),
  ]);
  return [one, two];
});
