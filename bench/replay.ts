import { type Figure, figure } from "./figure.ts";
import { repeated, sampleOf } from "./measure.ts";
import type { Measurement } from "./measurement.ts";
import { programPath, spawnNode } from "./programs.ts";

const PROGRAM = programPath("replay");

/**
 * How fast a run that was interrupted gets back to where it stood: its process is killed, another one
 * resumes it, and the clock runs from `resumeFlowRun()` to the last recorded step.
 */
export const replay: Measurement = {
  title: "Replay of an interrupted run",
  async measure({ quick, folder, progress }) {
    const measureLength = async (label: string, steps: number, repeats: number): Promise<Figure[]> => {
      progress(`recording ${steps} steps`);
      const { output } = await spawnNode(PROGRAM, ["record", String(steps)], folder);
      const id = output.trim();
      progress(`replaying ${steps} steps`);
      const replays = await repeated(quick ? 1 : repeats, () => replayOnce(steps, id, folder));
      const rates = sampleOf(replays.map(({ ms }) => (steps * 1000) / ms));
      const memory = sampleOf(replays.map((one) => one.memory / 1024));
      const name = `replay.${label.replace(" ", "")}`;
      return [
        figure(name, `${label} steps`, "/s", rates),
        figure(`${name}.memory`, `${label} steps, most memory of the process`, "MiB", memory),
      ];
    };
    const short = await measureLength("10 000", quick ? 100 : 10_000, 5);
    const long = await measureLength("100 000", quick ? 1100 : 100_000, 3);
    return [...short, ...long];
  },
};

interface Replayed {
  readonly ms: number;
  /** KiB. */
  readonly memory: number;
}

async function replayOnce(steps: number, id: string, home: string): Promise<Replayed> {
  const { output } = await spawnNode(PROGRAM, ["replay", String(steps), id], home);
  return JSON.parse(output) as Replayed;
}
