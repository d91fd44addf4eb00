/**
 *            ┌── task A ──┐
 *     flow ──┤            ├── task C ── task D
 *            └── task B ──┘
 *
 * A and B run at the same time, C waits for both, D for C. The graph is never declared: handing a
 * future to a task is what makes it wait, and what `segno` draws.
 *
 *     npx tsx -C development examples/task-graph/main.ts
 */
import { setTimeout as delay } from "node:timers/promises";

import { flow, isMain, task } from "segno";

const taskA = task({ name: "task-a" }, async () => {
  await delay(200);
  return "A result";
});

const taskB = task({ name: "task-b" }, async () => {
  await delay(200);
  return "B result";
});

const taskC = task({ name: "task-c" }, async (a: string, b: string) => `C depends on ${a} and ${b}`);

const taskD = task({ name: "task-d" }, async (c: string) => `D depends on ${c}`);

export const complexWorkflow = flow({ name: "complex-workflow" }, async () => {
  const a = taskA.submit();
  const b = taskB.submit();
  const c = taskC.submit(a, b);
  return taskD(c);
});

if (isMain(import.meta)) console.log(await complexWorkflow());
