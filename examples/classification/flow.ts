import { writeFile } from "node:fs/promises";

import OpenAI, { APIError } from "openai";
import { exponential, flow, getRunLogger, task } from "segno";
import { z } from "zod";

import { type Document, readPassages } from "./documents.ts";

const CATEGORIES = ["economy", "defense", "health", "education", "space", "other"];

/** US dollars a token, of gpt-4o-mini. */
const PRICE = { input: 0.15e-6, output: 0.6e-6 };

const loadDocuments = task(
  { name: "load-documents", retries: 2, retryDelay: "10s" },
  async (year: number) => {
    const documents = await readPassages(year);
    getRunLogger().info(`${documents.length} passages of ${year}`);
    return documents;
  },
);

interface Classification {
  id: string;
  category: string;
  cost: number;
}

const classifyDocument = task(
  {
    name: "classify-document",
    retries: 3,
    // Where a 429 says Retry-After, that is waited for instead.
    retryDelay: exponential({ from: "100ms", factor: 2, max: "10s", jitter: 0.5 }),
    // A refused key or a malformed request will be refused again: retrying it would only cost.
    retryIf: (error) => error instanceof APIError && (error.status === 429 || error.status >= 500),
    tags: ["openai"],
  },
  async ({ id, content }: Document): Promise<Classification> => {
    // maxRetries 0: the client's own retries would be invisible, and forgotten in a crash.
    const { choices, usage } = await new OpenAI({ maxRetries: 0 }).chat.completions.create({
      model: "gpt-4o-mini",
      messages: [
        { role: "system", content: `Classify the document as one of: ${CATEGORIES.join(", ")}.` },
        { role: "user", content },
      ],
      max_completion_tokens: 10,
    });
    const cost = PRICE.input * (usage?.prompt_tokens ?? 0) + PRICE.output * (usage?.completion_tokens ?? 0);
    return { id, category: choices[0]?.message.content ?? "other", cost };
  },
);

const saveResults = task({ name: "save-results" }, async (results: Classification[], path: string) => {
  await writeFile(path, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  return results.length;
});

export const classifyDocuments = flow(
  {
    name: "document-classification",
    input: z.object({ year: z.number().int(), output: z.string() }),
    // A retry of the flow runs its body again, but no document that was classified is paid for twice.
    retries: 1,
    logPrints: true,
  },
  async ({ year, output }) => {
    const documents = await loadDocuments(year);
    const classified = await classifyDocument.map(documents);
    const cost = classified.reduce((sum, result) => sum + result.cost, 0);
    console.log(`Total cost: $${cost.toFixed(4)}`);
    const saved = await saveResults(classified, output);
    return { classified: classified.length, saved, cost, categories: countBy(classified) };
  },
);

function countBy(results: readonly Classification[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { category } of results) counts[category] = (counts[category] ?? 0) + 1;
  return counts;
}
