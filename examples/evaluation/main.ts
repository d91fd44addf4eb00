/**
 * Puts a batch of prompts through a model, lets the model judge the responses, and leaves a report.
 *
 *     npx tsx -C development examples/evaluation/main.ts
 *     npx segno artifact inspect evaluation-report
 *
 * Without an ANTHROPIC_API_KEY a stub server answers.
 */
import { setConcurrencyLimit } from "segno";

import { stubInsteadOfKey } from "../stub-llm/instead-of-a-key.ts";
import { evaluateBatch } from "./flow.ts";

const items = [
  {
    id: "unity",
    prompt: "Summarise.\nThe state of the Union is strong. Our enemies are weaker.",
    expected: "union strong",
  },
  {
    id: "economy",
    prompt: "Summarise.\nThe budget will be balanced in two years. Taxes will fall.",
    expected: "taxes fall",
  },
  { id: "unjudged", prompt: "Summarise.\nWe choose to go to the moon. It is hard." },
];

const done = await stubInsteadOfKey("ANTHROPIC", { errorRate: 0.1, rateLimitRate: 0.1, latency: 50 });
await setConcurrencyLimit("anthropic-api", 10);
const { markdown } = await evaluateBatch({ items });
console.log(markdown);
await done();
