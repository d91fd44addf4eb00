import { clock, flow, random, sleep, step, uuid } from "segno";
import { got, started } from "../side.ts";
import { work, worked } from "../work.ts";

/** One thing after another: tasks, quick steps, recorded chance, calls with keys of their own. */
export const sequential = flow({ name: "sequential" }, async () => {
  await got("sequential/uuid", uuid());
  await got("sequential/clock", clock.now());
  const done: string[] = [];
  for (let i = 0; i < 10; i++) done.push(await worked(`sequential/work-${i}`, 4 * (i % 4)));
  await got("sequential/random", random());
  let sum = 0;
  for (let i = 0; i < 20; i++) {
    const key = `sequential/step-${i}`;
    sum += await got(
      key,
      step("add", () => {
        started(key);
        return i;
      }),
    );
  }
  for (const key of ["b", "a", "c"]) {
    const named = `sequential/keyed-${key}`;
    done.push(await worked(named, 3, work.with({ key: named })));
  }
  await got("sequential/sleep", sleep(20));
  done.push(await worked("sequential/last", 5));
  return { done, sum };
});
