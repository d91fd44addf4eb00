import { flow, task } from "segno";
import { figure } from "./figure.ts";
import { repeated, sampleOf, timed } from "./measure.ts";
import type { Measurement } from "./measurement.ts";

const nothing = task({ name: "nothing" }, (n: number) => n);

const steps = flow({ name: "steps" }, async ({ count }: { count: number }) => {
  for (let n = 0; n < count; n++) await nothing(n);
});

/**
 * Runs beside each other in one process, each awaiting its steps in turn: how well they share commits.
 * One run can do no more than one commit a step; many are limited by rows, not by commits.
 */
export const throughput: Measurement = {
  title: "Durable steps per second, runs beside each other",
  async measure({ quick, progress }) {
    const measureRuns = async (runs: number, each: number) => {
      progress(`${runs} runs of ${each} steps`);
      const rates = await repeated(quick ? 1 : 5, async () => {
        const ms = await timed(() => Promise.all(Array.from({ length: runs }, () => steps({ count: each }))));
        return (runs * each * 1000) / ms;
      });
      return sampleOf(rates);
    };
    const one = await measureRuns(1, quick ? 20 : 2000);
    const some = await measureRuns(16, quick ? 5 : 500);
    const many = await measureRuns(256, quick ? 2 : 100);
    return [
      figure("throughput.1", "1 run", "/s", one, { limit: { id: "raw.commit.p50" } }),
      figure("throughput.16", "16 runs", "/s", some, { limit: { id: "raw.rows.256" } }),
      figure("throughput.256", "256 runs", "/s", many, {
        limit: { id: "raw.rows.256" },
        target: { atLeast: 25_000 },
      }),
    ];
  },
};
