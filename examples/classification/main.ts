/**
 * Classifies the passages of Kennedy's address of 1962 with a model, all at once, and sums the cost.
 *
 *     npx tsx -C development examples/classification/main.ts
 *
 * Without an OPENAI_API_KEY a stub server answers, which fails now and then as the real one does.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stubInsteadOfKey } from "../stub-llm/instead-of-a-key.ts";
import { classifyDocuments } from "./flow.ts";

const done = await stubInsteadOfKey("OPENAI", { errorRate: 0.1, rateLimitRate: 0.1, latency: 50 });
console.log(await classifyDocuments({ year: 1962, output: join(tmpdir(), "classified.jsonl") }));
await done();
