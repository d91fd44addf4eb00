import { closeSegno } from "segno";
import { afterEach, expect, it } from "vitest";

import { newestRun } from "../../test/support/newest-run.ts";
import { sweep, trainingPipeline } from "./main.ts";

afterEach(() => closeSegno());

it("trains a model that knows more than that most people died", async () => {
  const { accuracy } = await trainingPipeline({});
  // 1490 of 2201 died: 67.7 % for a model that says so of everybody.
  expect(accuracy).toBeGreaterThan(0.75);
  const { states, tasks, logs } = await newestRun("ml-training-pipeline");
  expect(states).toEqual(["Pending", "Running", "Completed"]);
  expect(tasks.map((task) => task.taskKey)).toEqual(["preprocess-dataset", "train-model"]);
  expect(logs.join("\n")).toContain("Training complete: 7");
});

it("preprocesses once for any number of trainings", async () => {
  await trainingPipeline({ lr: 0.1 });
  await trainingPipeline({ lr: 0.2 });
  const { tasks } = await newestRun("ml-training-pipeline");
  expect(tasks.map((task) => task.stateName)).toEqual(["Cached", "Completed"]);
});

it("makes as many tasks as there are learning rates, and keeps the best", async () => {
  const best = await sweep({ rates: [0.000_1, 0.5, 0.000_01] });
  expect(best.lr).toBe(0.5);
  const { tasks } = await newestRun("learning-rate-sweep");
  expect(tasks.filter((task) => task.taskKey === "train-model")).toHaveLength(3);
});

it("refuses a learning rate that makes no sense before anything runs", async () => {
  await expect(trainingPipeline({ lr: -1 })).rejects.toThrow(/lr/);
});
