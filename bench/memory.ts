import { type Figure, figure } from "./figure.ts";
import { repeated, sampleOf } from "./measure.ts";
import type { Measurement } from "./measurement.ts";
import { programPath, spawnNode } from "./programs.ts";

interface Growth {
  readonly heap: number;
  readonly rss: number;
}

/** What a run that waits takes in its process: its frame, its journal channel, its timer, its row's image. */
export const memory: Measurement = {
  title: "Memory of a run that sleeps, in its process",
  async measure({ quick, folder, progress }): Promise<readonly Figure[]> {
    const runs = quick ? 50 : 10_000;
    progress(`${runs} runs asleep`);
    const growths = await repeated(quick ? 1 : 3, () => parked(runs, folder));
    const perRun = (bytes: (growth: Growth) => number) =>
      sampleOf(growths.map((growth) => bytes(growth) / runs / 1024));
    return [
      figure(
        "memory.heap",
        "heap a run",
        "KiB",
        perRun(({ heap }) => heap),
      ),
      figure(
        "memory.rss",
        "resident memory a run",
        "KiB",
        perRun(({ rss }) => rss),
      ),
    ];
  },
};

async function parked(runs: number, home: string): Promise<Growth> {
  const { output } = await spawnNode(programPath("park"), [String(runs)], home);
  return JSON.parse(output) as Growth;
}
