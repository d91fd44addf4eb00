import Anthropic, { APIError } from "@anthropic-ai/sdk";
import { concurrency, createMarkdownArtifact, flow, INPUTS, task } from "segno";
import { z } from "zod";

const MODEL = "claude-opus-4-6";

/** Three tries more, and only for what may pass by itself. */
const RETRIES = {
  retries: 3,
  retryDelay: ["1s", "5s", "15s"],
  retryIf: (error: unknown) =>
    error instanceof APIError && (error.status === 429 || (error.status ?? 500) >= 500),
};

interface Processed {
  id: string;
  response: string;
  inputTokens: number;
  outputTokens: number;
}

const processWithClaude = task(
  { name: "process-with-claude", ...RETRIES, cachePolicy: INPUTS, cacheExpiration: "2h" },
  async (id: string, prompt: string): Promise<Processed> => {
    const { text, usage } = await ask(prompt, 512);
    return { id, response: text, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
  },
);

interface Evaluated extends Processed {
  score: number | null;
  reason: string;
}

const evaluateResponse = task(
  { name: "evaluate-response", ...RETRIES },
  async (result: Processed, expected: string | undefined): Promise<Evaluated> => {
    if (!expected) return { ...result, score: null, reason: "nothing was expected" };
    const { text } = await ask(
      `Rate this response 1-5 for quality.\nExpected pattern: ${expected}\nResponse: ${result.response}\n` +
        `Return only a JSON object: {"score": N, "reason": "..."}`,
      100,
    );
    return { ...result, ...readVerdict(text) };
  },
);

const generateReport = task({ name: "generate-report" }, async (evaluated: Evaluated[]) => {
  const scores = evaluated.flatMap(({ score }) => (score === null ? [] : [score]));
  const mean = scores.reduce((sum, score) => sum + score, 0) / (scores.length || 1);
  const tokens = evaluated.reduce((sum, item) => sum + item.inputTokens + item.outputTokens, 0);
  const rows = evaluated.map(({ id, score, reason }) => `| ${id} | ${score ?? "–"} | ${reason} |`);
  const markdown = [
    "# Batch evaluation",
    `${evaluated.length} items, mean score **${mean.toFixed(2)}**, ${tokens} tokens`,
    ["| item | score | reason |", "|---|---|---|", ...rows].join("\n"),
  ].join("\n\n");
  await createMarkdownArtifact({ key: "evaluation-report", markdown });
  return { mean, tokens, markdown };
});

export const evaluateBatch = flow(
  {
    name: "batch-evaluation",
    input: z.object({
      items: z.array(z.object({ id: z.string(), prompt: z.string(), expected: z.string().optional() })),
    }),
  },
  async ({ items }) => {
    // Each judgement starts when its own response is there, not when all of them are.
    const evaluated = items.map(({ id, prompt, expected }) =>
      evaluateResponse.submit(processWithClaude.submit(id, prompt), expected),
    );
    return generateReport(evaluated);
  },
);

/** At most as many calls at once, over all processes, as the limit `anthropic-api` allows. */
async function ask(prompt: string, maxTokens: number): Promise<{ text: string; usage: Anthropic.Usage }> {
  return concurrency("anthropic-api", { occupy: 1 }, async () => {
    // maxRetries 0: the client's own retries would be invisible, and forgotten in a crash.
    const message = await new Anthropic({ maxRetries: 0 }).messages.create({
      model: MODEL,
      max_tokens: maxTokens,
      messages: [{ role: "user", content: prompt }],
    });
    const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    return { text, usage: message.usage };
  });
}

/** A model that was asked for JSON may answer with something else; that is a middling score, not a failure. */
function readVerdict(text: string): { score: number; reason: string } {
  try {
    return z.object({ score: z.number(), reason: z.string() }).parse(JSON.parse(text));
  } catch {
    return { score: 3, reason: "the judge's answer could not be read" };
  }
}
