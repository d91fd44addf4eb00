import { startStubLlm, type StubLlmOptions } from "./server.ts";

/**
 * Lets an example run without keys: unless `OPENAI_API_KEY` or `ANTHROPIC_API_KEY` is set, starts the
 * stub and points both vendors' clients at it. Answers what to call when done.
 */
export async function stubInsteadOfKey(
  vendor: "OPENAI" | "ANTHROPIC",
  options?: StubLlmOptions,
): Promise<() => Promise<void>> {
  if (process.env[`${vendor}_API_KEY`]) return async () => {};
  const llm = await startStubLlm(options);
  process.env[`${vendor}_API_KEY`] = "stub";
  process.env[`${vendor}_BASE_URL`] = vendor === "OPENAI" ? `${llm.url}/v1` : llm.url;
  console.log(`${vendor}_API_KEY is not set; a stub server answers instead`);
  return () => llm.close();
}
