import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { Deliveries } from "./deliveries.ts";
import { StallWatch } from "./stall-watch.ts";

const TIMEOUT = 40;

function watched(recorded: number, timeout = TIMEOUT) {
  const stalls: number[] = [];
  const deliveries: Deliveries = new Deliveries("strict", () => watch.look());
  const watch = new StallWatch(deliveries, recorded, timeout, (next) => stalls.push(next));
  return { deliveries, watch, stalls };
}

it("tells of an outcome that is on record and never asked for, once others wait for it", async () => {
  const { deliveries, watch, stalls } = watched(3);
  deliveries.add(0, () => undefined);
  deliveries.add(2, () => undefined);
  await expect.poll(() => stalls).toEqual([1]);
  watch.close();
});

it("is patient with a long replay in which something always waits", async () => {
  const timeout = 600;
  const { deliveries, watch, stalls } = watched(100, timeout);
  deliveries.add(99, () => undefined);
  for (let done = 0; done < 8; done++) {
    deliveries.add(done, () => undefined);
    await pause(timeout / 6);
  }
  expect(stalls).toEqual([]);
  watch.close();
});

it("says nothing where the record ends", async () => {
  const { deliveries, watch, stalls } = watched(1);
  deliveries.add(0, () => undefined);
  deliveries.add(2, () => undefined);
  await pause(2 * TIMEOUT);
  expect(stalls).toEqual([]);
  watch.close();
});
