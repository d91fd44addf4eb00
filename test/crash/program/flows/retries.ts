import { exponential, flow, task } from "segno";
import { ack, got, started, startsOf } from "../side.ts";
import { worked } from "../work.ts";

/** Fails until it was begun a third time. */
const flaky = task(
  { name: "flaky", retries: 6, retryDelay: [10, 15, 20] },
  async (key: string): Promise<string> => {
    started(key);
    if (startsOf(key) < 3) throw new Error(`${key} is not ready`);
    return key;
  },
);

const hopeless = task(
  { name: "hopeless", retries: 2, retryDelay: exponential({ from: 5, factor: 2 }) },
  (key: string) => {
    started(key);
    throw new RangeError(`${key} never works`);
  },
);

/** Tasks that fail at first, one after another and side by side, and one that never works. */
export const retries = flow({ name: "retries" }, async () => {
  const one = await got("retries/one", flaky("retries/one"));
  const keys = ["retries/x", "retries/y", "retries/z"];
  const many = await Promise.all(keys.map((key) => got(key, flaky(key))));
  const told = await hopeless("retries/hopeless").catch((error: unknown) => String(error));
  ack("retries/told", told);
  const never = hopeless("retries/second").catch((error: unknown) => String(error));
  await worked("retries/meanwhile", 30);
  return [one, many, told, await never];
});
