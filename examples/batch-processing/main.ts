/**
 * A long batch whose retry goes on where the attempt before it stopped.
 *
 * The task says how far it has come with `heartbeat`. If it fails, its retry reads that with
 * `lastHeartbeat` and does not pay for the finished items again; the same holds when the whole process
 * is killed and the run is resumed.
 *
 *     npx tsx -C development examples/batch-processing/main.ts
 */
import { setTimeout as delay } from "node:timers/promises";

import { flow, getRunLogger, heartbeat, isMain, lastHeartbeat, task } from "segno";
import { z } from "zod";

/** Items in a batch. */
const SIZE = 100;

const processBatch = task(
  { name: "process-batch", retries: 3, retryDelay: ["100ms", "1s", "10s"] },
  async (batch: string, failAt: number) => {
    const { done } = lastHeartbeat<{ done: number }>() ?? { done: 0 };
    if (done > 0) getRunLogger().info(`${batch} goes on from item ${done}`);
    for (let item = done; item < SIZE; item++) {
      await processItem(batch, item, failAt);
      heartbeat({ done: item + 1 });
    }
    return { batch, processed: SIZE, inThisAttempt: SIZE - done };
  },
);

export const batchProcessing = flow(
  {
    name: "batch-processing",
    input: z.object({ batches: z.array(z.string()), failAt: z.number().default(50) }),
  },
  async ({ batches, failAt }) => Promise.all(batches.map((batch) => processBatch(batch, failAt))),
);

const calls = new Map<string, number>();

/** Stands in for a model call: it fails the first time that it sees item `failAt` of a batch. */
async function processItem(batch: string, item: number, failAt: number): Promise<void> {
  const key = `${batch}/${item}`;
  await delay(2);
  calls.set(key, (calls.get(key) ?? 0) + 1);
  if (item === failAt && calls.get(key) === 1) throw new Error(`item ${item} of ${batch} failed`);
}

/** How often each item was processed, by `batch/item`. */
export function callsOf(): ReadonlyMap<string, number> {
  return calls;
}

if (isMain(import.meta)) console.table(await batchProcessing({ batches: ["north", "south"] }));
