import { flow, step } from "segno";
import { got, started } from "../side.ts";
import { worked } from "../work.ts";

const DELAYS: Readonly<Record<string, readonly number[]>> = {
  a: [5, 40, 5, 30],
  b: [25, 5, 25],
  c: [12, 12, 12, 12],
  d: [1, 1, 70],
  e: [0, 0, 0, 9, 0, 0, 0, 0, 30, 0],
  f: [0, 0, 0, 0, 9, 0, 0, 30, 0, 0],
};

/**
 * Branches side by side that share names of tasks, so that a call's identity and the calls that
 * follow depend on which result came first; quick ones share commits.
 */
export const branches = flow({ name: "branches" }, async () => {
  const order: string[] = [];
  const branch = async (name: string, delays: readonly number[]) => {
    for (const [index, ms] of delays.entries()) {
      await worked(`branches/${name}${index}`, ms);
      // Code between two calls, a different number of turns deep in each branch.
      for (let turns = 0; turns < name.charCodeAt(0) % 4; turns++) await Promise.resolve();
    }
    order.push(name);
    const place = order.length;
    const key = `branches/rank-${name}`;
    return got(
      key,
      step("rank", () => {
        started(key);
        return { name, place };
      }),
    );
  };
  const ranks = await Promise.all(Object.entries(DELAYS).map(([name, delays]) => branch(name, delays)));
  for (const [index, name] of order.entries()) await worked(`branches/after-${index}-${name}`, 0);
  return ranks.every(({ name, place }) => order[place - 1] === name) ? ranks.map(({ name }) => name) : order;
});
