/**
 * The smallest pipeline: three tasks and a flow that calls them.
 *
 *     npx tsx -C development examples/what-is-prefect/main.ts
 *
 * Nothing has to be started first. Each task's result is on disk before the next task begins, and
 * `npx segno flow-run ls` shows the run afterwards.
 */
import { flow, isMain, task } from "segno";

const preprocessData = task(async function preprocessData() {
  console.log("Preprocessing data...");
  return [1, 2, 3, 4, 5];
});

const trainModel = task(async function trainModel(data: number[]) {
  console.log(`Training model on data: [${data.join(", ")}]`);
  return { weights: data.reduce((sum, value) => sum + value, 0) };
});

const evaluateModel = task(async function evaluateModel(model: { weights: number }) {
  console.log(`Evaluating model with weights: ${model.weights}`);
  return model.weights > 10;
});

export const aiWorkflow = flow(async function aiWorkflow() {
  const data = await preprocessData();
  const model = await trainModel(data);
  const passed = await evaluateModel(model);
  console.log(`Model evaluation passed: ${passed}`);
  return passed;
});

if (isMain(import.meta)) await aiWorkflow();
