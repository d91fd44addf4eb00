import { asCompleted, flow, wait } from "segno";
import { ack } from "../side.ts";
import { work, worked } from "../work.ts";

/** What is called next depends on who won; those who lost are not awaited. */
export const races = flow({ name: "races" }, async () => {
  let rounds = 0;
  for (const delays of [
    [30, 10, 45],
    [8, 9, 8, 9],
    [0, 0, 20],
  ]) {
    const runners = delays.map((ms, lane) => worked(`races/${rounds}-lane-${lane}`, ms));
    const winner = await Promise.race(runners);
    ack(`races/${rounds}-winner`, winner);
    await worked(`${winner}-prize`, 2);
    rounds++;
  }
  const futures = [25, 5, 15, 1, 10].map((ms, index) => work.submit(`races/submitted-${index}`, ms));
  const came: string[] = [];
  for await (const ended of asCompleted(futures)) {
    const value = await ended.result();
    ack(value, value);
    came.push(value);
    await worked(`${value}-follow-${came.length}`, 3);
  }
  const { done, failed } = await wait(futures);
  return { rounds, came: came.toSorted(), done: done.length, failed: failed.length };
});
