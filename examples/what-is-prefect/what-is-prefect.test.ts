import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";

import { closeSegno } from "segno";
import { newestRun } from "../../test/support/newest-run.ts";
import { aiWorkflow } from "./main.ts";

afterEach(() => closeSegno());

it("runs its tasks in turn and gives the answer", async () => {
  expect(await aiWorkflow()).toBe(true);
  const { states, tasks } = await newestRun("aiWorkflow");
  expect(states).toEqual(["Pending", "Running", "Completed"]);
  expect(tasks.map(({ taskKey, stateName }) => [taskKey, stateName])).toEqual([
    ["preprocessData", "Completed"],
    ["trainModel", "Completed"],
    ["evaluateModel", "Completed"],
  ]);
});

it("prints, as a program, what each task says", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=development",
    "--import",
    "tsx",
    main,
  ]);
  expect(stdout.trim().split("\n")).toEqual([
    "Preprocessing data...",
    "Training model on data: [1, 2, 3, 4, 5]",
    "Evaluating model with weights: 15",
    "Model evaluation passed: true",
  ]);
});
