import { flow, task } from "segno";
import { figure } from "./figure.ts";
import { repeated, sampleOf, timed } from "./measure.ts";
import type { Measurement } from "./measurement.ts";

const STEPS = 5;

const nothing = task({ name: "nothing" }, (n: number) => n);

const short = flow({ name: "short" }, async ({ order }: { order: number }) => {
  let sum = order;
  for (let n = 0; n < STEPS; n++) sum += await nothing(n);
  return sum;
});

/** Many short runs at once, from the call that creates each to the state that ends it. */
export const shortRuns: Measurement = {
  title: "1 000 runs of 5 steps, with their creation and end",
  async measure({ quick, progress }) {
    const runs = quick ? 20 : 1000;
    progress(`${runs} runs of ${STEPS} steps`);
    const rates = await repeated(quick ? 1 : 5, async () => {
      const ms = await timed(() => Promise.all(Array.from({ length: runs }, (_, order) => short({ order }))));
      return (runs * 1000) / ms;
    });
    return [
      figure("runs.runs", "runs", "/s", sampleOf(rates)),
      figure("runs.steps", "steps", "/s", sampleOf(rates.map((rate) => rate * STEPS)), {
        limit: { id: "raw.rows.256" },
      }),
    ];
  },
};
