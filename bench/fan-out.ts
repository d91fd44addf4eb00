import { flow, task } from "segno";
import { figure } from "./figure.ts";
import { repeated, sampleOf } from "./measure.ts";
import type { Measurement } from "./measurement.ts";

const double = task({ name: "double" }, (n: number) => n * 2);

/** Timed in the flow's body: from the first call to the last value in its hands. */
const wide = flow({ name: "wide" }, async ({ width }: { width: number }) => {
  const items = Array.from({ length: width }, (_, n) => n);
  const started = performance.now();
  await double.map(items);
  return performance.now() - started;
});

/** One `task.map()` over many items: as many journal rows, and as many outcomes given in order. */
export const fanOut: Measurement = {
  title: "Fan-out of one run, task.map()",
  async measure({ quick, progress }) {
    const measureWidth = async (width: number, repeats: number) => {
      progress(`${width} wide`);
      return sampleOf(await repeated(quick ? 1 : repeats, () => wide({ width })));
    };
    const thousand = await measureWidth(quick ? 50 : 1000, 15);
    const tenThousand = await measureWidth(quick ? 100 : 10_000, 7);
    return [
      figure("fan-out.1000", "1 000 wide", "ms", thousand, {
        limit: { id: "raw.rows.1", operations: 1000 },
        target: { atMost: 60 },
      }),
      figure("fan-out.10000", "10 000 wide", "ms", tenThousand, {
        limit: { id: "raw.rows.1", operations: 10_000 },
      }),
    ];
  },
};
