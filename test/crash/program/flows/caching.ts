import { setTimeout as pause } from "node:timers/promises";
import { flow, INPUTS, task } from "segno";
import { got, started } from "../side.ts";
import { worked } from "../work.ts";

const body = async (key: string): Promise<string> => {
  started(key);
  await pause(12);
  return key;
};
const cached = task({ name: "cached", cachePolicy: INPUTS }, body);
const alone = task({ name: "alone", cachePolicy: INPUTS.configure({ isolation: "serializable" }) }, body);
const shortLived = task({ name: "short-lived", cachePolicy: INPUTS, cacheExpiration: "1h" }, body);

/** Equal inputs, one after another and side by side: what was received once is not computed again. */
export const caching = flow({ name: "caching" }, async () => {
  const values: string[] = [];
  for (const name of ["a", "b", "a", "c", "b"]) {
    values.push(await got(`caching/${name}`, cached(`caching/${name}`)));
  }
  const keys = ["p", "q", "p", "p", "r", "q"].map((name) => `caching/serial-${name}`);
  values.push(...(await Promise.all(keys.map((key) => got(key, alone(key))))));
  await worked("caching/between", 3);
  values.push(await got("caching/serial-p", alone("caching/serial-p")));
  for (let i = 0; i < 3; i++) values.push(await got("caching/short", shortLived("caching/short")));
  return values;
});
