import { allowFailure, flow, task, unmapped } from "segno";
import { ack, got, started } from "../side.ts";
import { work, worked } from "../work.ts";

const odd = task({ name: "odd" }, async (key: string, text: string) => {
  started(key);
  if (text.endsWith("3")) throw new RangeError(`${text} is unlucky`);
  return text.length;
});

const gather = task({ name: "gather" }, (key: string, parts: readonly (number | Error)[]) => {
  started(key);
  return parts.map((part) => (part instanceof Error ? part.message : part));
});

/** Maps of unequal durations, over arrays and over futures; failures that are let through. */
export const maps = flow({ name: "maps" }, async () => {
  const keys = Array.from({ length: 24 }, (_, index) => `maps/first-${index}`);
  const delays = keys.map((_, index) => (index * 7) % 40);
  const first = await work.map(keys, delays);
  for (const [index, value] of first.entries()) ack(`maps/first-${index}`, value);
  const futures = work.map(
    first.map((_, index) => `maps/second-${index}`),
    unmapped(6),
  );
  const lengths = odd.map(
    first.map((_, index) => `maps/odd-${index}`),
    futures,
  );
  const parts = lengths.map((future) => allowFailure(future));
  const gathered = await got("maps/gather", gather("maps/gather", parts));
  await worked("maps/last", 8);
  return { first: first.length, gathered };
});
