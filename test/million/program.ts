import { flow, isMain, step } from "../../src/index.ts";

/** A long loop, as the journal of `history.ts` has it: every call but the last few is on record. */
export const longLoop = flow({ name: "long-loop" }, async ({ steps }: { steps: number }) => {
  let sum = 0;
  for (let index = 0; index < steps; index++) sum += await step("add", () => index);
  return sum;
});

if (isMain(import.meta)) {
  const steps = Number(process.argv[2]);
  const began = performance.now();
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 20);
  const sum = await longLoop.run({ steps }, { idempotencyKey: "long" });
  clearInterval(watch);
  console.log(JSON.stringify({ sum, peak, ms: performance.now() - began }));
}
