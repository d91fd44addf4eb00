import { afterEach, expect, it, vi } from "vitest";

import { startStubLlm } from "../stub-llm/server.ts";
import { defaultModel, embedderOf } from "./embeddings.ts";
import { HttpError, isTransient } from "./http.ts";

const texts = ["the moon and the stars", "a rocket flies to the moon", "a tax on the income of farms"];

afterEach(() => vi.unstubAllEnvs());

function similarity(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) throw new Error("expected two vectors");
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

it("embeds with the model that ships in the package, and texts that mean alike lie near", async () => {
  const [moon, rocket, taxes] = await embedderOf("universal-sentence-encoder-lite").embed(texts);
  expect(moon).toHaveLength(512);
  expect(similarity(moon, rocket)).toBeGreaterThan(similarity(moon, taxes) + 0.1);
});

it("embeds at an OpenAI endpoint when there is a key", async () => {
  const llm = await startStubLlm();
  vi.stubEnv("OPENAI_API_KEY", "any");
  vi.stubEnv("OPENAI_BASE_URL", `${llm.url}/v1`);
  expect(defaultModel()).toBe("text-embedding-3-small");
  const [moon, rocket, taxes] = await embedderOf(defaultModel()).embed(texts);
  expect(moon).toHaveLength(512);
  expect(similarity(moon, rocket)).toBeGreaterThan(similarity(moon, taxes));
  await llm.close();
});

it("tells an error that is worth a retry from one that is not", async () => {
  const llm = await startStubLlm({ rateLimitRate: 1, retryAfter: 3 });
  vi.stubEnv("OPENAI_API_KEY", "any");
  vi.stubEnv("OPENAI_BASE_URL", `${llm.url}/v1`);
  const embedder = embedderOf("text-embedding-3-small");
  const limited: unknown = await embedder.embed(texts).catch((error: unknown) => error);
  expect(limited).toBeInstanceOf(HttpError);
  expect((limited as HttpError).headers.get("retry-after")).toBe("3");
  expect(isTransient(limited)).toBe(true);

  vi.stubEnv("OPENAI_BASE_URL", `${llm.url}/nowhere`);
  expect(isTransient(await embedder.embed(texts).catch((error: unknown) => error))).toBe(false);

  await llm.close();
  expect(isTransient(await embedder.embed(texts).catch((error: unknown) => error))).toBe(true);
});
