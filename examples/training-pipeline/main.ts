/**
 * Preprocess, then train: the training pipeline, on the fate of the people aboard the Titanic.
 *
 *     npx tsx -C development examples/training-pipeline/main.ts
 *
 * Run it twice: the second time the preprocessing comes from the cache, whatever the learning rate.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { flow, INPUTS, isMain, task } from "segno";
import { z } from "zod";

import { accuracy, type Sample, train } from "./model.ts";

export const RAW_DATA = fileURLToPath(new URL("../titanic/titanic.csv", import.meta.url));

const preprocessDataset = task(
  { name: "preprocess-dataset", retries: 3, retryDelay: "60s", cachePolicy: INPUTS, cacheExpiration: "24h" },
  async (rawPath: string): Promise<Sample[]> => {
    const [, ...lines] = (await readFile(rawPath, "utf8")).trim().split("\n");
    const groups = new Map<string, Sample>();
    for (const line of lines) {
      const [cabin, sex, age, survived, people] = line.split(",");
      const features = [
        Number(sex === "female"),
        Number(age === "child"),
        ...["1st", "2nd", "3rd"].map((name) => Number(cabin === name)),
      ];
      const group = groups.get(features.join()) ?? { features, positive: 0, negative: 0 };
      group[survived === "yes" ? "positive" : "negative"] += Number(people);
      groups.set(features.join(), group);
    }
    return [...groups.values()];
  },
);

const trainModel = task({ name: "train-model", retries: 2 }, async (samples: Sample[], lr: number) => {
  const model = train(samples, lr, 2_000);
  return { lr, accuracy: accuracy(model, samples), weights: model.weights };
});

export const trainingPipeline = flow(
  {
    name: "ml-training-pipeline",
    input: z.object({ rawPath: z.string().default(RAW_DATA), lr: z.number().positive().default(0.5) }),
    logPrints: true,
  },
  async ({ rawPath, lr }) => {
    const samples = await preprocessDataset(rawPath);
    const metrics = await trainModel(samples, lr);
    console.log(`Training complete: ${(100 * metrics.accuracy).toFixed(1)} % right`);
    return metrics;
  },
);

/** The same training with several learning rates at once; the tasks are made as the list is long. */
export const sweep = flow(
  {
    name: "learning-rate-sweep",
    input: z.object({ rates: z.array(z.number().positive()).min(1), rawPath: z.string().default(RAW_DATA) }),
  },
  async ({ rates, rawPath }) => {
    const samples = await preprocessDataset(rawPath);
    const results = await Promise.all(rates.map((lr) => trainModel(samples, lr)));
    return results.reduce((best, result) => (result.accuracy > best.accuracy ? result : best));
  },
);

if (isMain(import.meta)) await trainingPipeline({});
