import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Figure, figure } from "./figure.ts";
import { median, sampleOf } from "./measure.ts";
import type { Conditions, Measurement } from "./measurement.ts";
import { programPath, spawnNode } from "./programs.ts";

interface Workload {
  readonly label: string;
  readonly times: number;
  readonly n: number;
  readonly target?: Figure["target"];
}

/**
 * A whole process, from its start to its exit: Node, imports, opening the store, the tasks, the end.
 * The same sums without Segno, in turn with them, show what it all costs together.
 */
export const cold: Measurement = {
  title: "Sequential tasks, from process start to exit",
  async measure(conditions) {
    const light = { label: "40 × fib(10)", times: 40, n: 10, target: { atMost: 150 } };
    const heavy = { label: "10 × fib(33)", times: 10, n: conditions.quick ? 10 : 33 };
    return [...(await measureWorkload(light, conditions)), ...(await measureWorkload(heavy, conditions))];
  },
};

async function measureWorkload(workload: Workload, conditions: Conditions): Promise<Figure[]> {
  const { quick, folder, progress } = conditions;
  const { label, times, n, target } = workload;
  const args = [String(times), String(n)];
  const plain: number[] = [];
  const first: number[] = [];
  const again: number[] = [];
  progress(label);
  for (let time = 0; time < (quick ? 1 : 5); time++) {
    const home = await mkdtemp(join(folder, "cold-"));
    plain.push((await spawnNode(programPath("fib-plain"), args, home)).ms);
    first.push((await spawnNode(programPath("fib-segno"), args, home)).ms);
    again.push((await spawnNode(programPath("fib-segno"), args, home)).ms);
    await rm(home, { recursive: true });
  }
  const id = `cold.${times}`;
  const note = (durations: readonly number[]) =>
    `${(median(durations) / median(plain)).toFixed(2)} × plain Node`;
  return [
    figure(`${id}.plain`, `${label}, plain Node`, "ms", sampleOf(plain)),
    figure(id, `${label}, a store is there`, "ms", sampleOf(again), {
      note: note(again),
      ...(target && { target }),
    }),
    figure(`${id}.first`, `${label}, the store is made`, "ms", sampleOf(first), { note: note(first) }),
  ];
}
