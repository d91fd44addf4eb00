/**
 * Runs the stub on its own, so that any program can be pointed at it:
 *
 *     npx tsx -C development examples/stub-llm/main.ts --port 8089 --errors 0.1 --rate-limits 0.1
 *     export OPENAI_BASE_URL=http://127.0.0.1:8089/v1 OPENAI_API_KEY=any
 */
import { parseArgs } from "node:util";

import { startStubLlm } from "./server.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8089" },
    errors: { type: "string", default: "0" },
    "rate-limits": { type: "string", default: "0" },
    latency: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
  },
});

const llm = await startStubLlm({
  port: Number(values.port),
  errorRate: Number(values.errors),
  rateLimitRate: Number(values["rate-limits"]),
  latency: Number(values.latency),
  seed: Number(values.seed),
});
console.log(`OpenAI protocol:    ${llm.url}/v1\nAnthropic protocol: ${llm.url}`);
