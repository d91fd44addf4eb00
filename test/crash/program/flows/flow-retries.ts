import { flow, step } from "segno";
import { ack, got, started, startsOf } from "../side.ts";
import { work, worked } from "../work.ts";

const child = flow(
  { name: "retried-child", retries: 4, retryDelay: 5 },
  async ({ path }: { path: string }) => {
    await worked(`${path}/kept`, 6);
    await failsAtFirst(`${path}/fails`, 2);
    return path;
  },
);

/** Fails until it was begun so many times. */
async function failsAtFirst(key: string, times: number): Promise<number> {
  return step("fails at first", () => {
    started(key);
    if (startsOf(key) < times) throw new Error(`${key} fails at first`);
    return 1;
  });
}

/** Attempts of a whole flow: what an earlier one finished is kept, in branches as well. */
export const flowRetries = flow({ name: "flow-retries", retries: 8, retryDelay: [10, 20] }, async () => {
  await worked("flow-retries/before", 8);
  const branch = async (name: string, delays: readonly number[]) => {
    for (const [index, ms] of delays.entries()) await worked(`flow-retries/${name}${index}`, ms);
    return name;
  };
  const names = await Promise.all([branch("a", [20, 1, 1]), branch("b", [1, 12, 4]), branch("c", [6, 6])]);
  await failsAtFirst("flow-retries/first", 2);
  const keys = Array.from({ length: 6 }, (_, index) => `flow-retries/map-${index}`);
  const mapped = await work.map(
    keys,
    keys.map((_, index) => 12 - index * 2),
  );
  for (const [index, key] of keys.entries()) ack(key, mapped[index]);
  const of = await got("flow-retries/child", child({ path: "flow-retries/child" }));
  await failsAtFirst("flow-retries/second", 2);
  await worked("flow-retries/after", 5);
  return { names, mapped, of };
});
