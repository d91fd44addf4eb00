import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeSegno } from "segno";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { startStubLlm, type StubLlm, type StubLlmOptions } from "../stub-llm/server.ts";
import { newestRun } from "../../test/support/newest-run.ts";
import { classifyDocuments } from "./flow.ts";

let llm: StubLlm;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "classified-"));
});
afterEach(async () => {
  await closeSegno();
  await llm.close();
  rmSync(folder, { recursive: true });
});

async function startLlm(options: StubLlmOptions): Promise<void> {
  llm = await startStubLlm(options);
  vi.stubEnv("OPENAI_API_KEY", "any");
  vi.stubEnv("OPENAI_BASE_URL", `${llm.url}/v1`);
}

it("classifies every passage once, sums the cost and saves the results", async () => {
  await startLlm({});
  const output = join(folder, "classified.jsonl");
  const result = await classifyDocuments({ year: 1962, output });

  const lines = readFileSync(output, "utf8").trim().split("\n");
  expect(result.classified).toBe(lines.length);
  expect(result.classified).toBeGreaterThan(50);
  expect(Object.keys(result.categories)).toEqual(expect.arrayContaining(["economy", "defense", "space"]));
  expect(result.cost).toBeGreaterThan(0.001);
  expect(llm.answers).toEqual(new Map([[200, result.classified]]));

  const { states, logs } = await newestRun("document-classification");
  expect(states).toEqual(["Pending", "Running", "Completed"]);
  expect(logs.join("\n")).toContain(`Total cost: $${result.cost.toFixed(4)}`);
});

it("retries what was refused or broke, no sooner than Retry-After says", async () => {
  await startLlm({
    retryAfter: 1,
    faults: (body, nth) => {
      if (nth > 1) return "none";
      return body.includes("school") ? "rate-limit" : body.includes("tax") ? "server-error" : "none";
    },
  });
  const { classified } = await classifyDocuments({ year: 1962, output: join(folder, "out.jsonl") });

  const refused = llm.answers.get(429) ?? 0;
  const broken = llm.answers.get(500) ?? 0;
  expect(refused).toBeGreaterThan(0);
  expect(broken).toBeGreaterThan(0);
  expect(llm.answers.get(200)).toBe(classified);

  const { tasks } = await newestRun("document-classification");
  const classifying = tasks.filter((task) => task.taskKey === "classify-document");
  expect(classifying.reduce((sum, task) => sum + task.runCount - 1, 0)).toBe(refused + broken);
  // Without Retry-After the first retry would come after 150 ms at most.
  const waits = classifying.flatMap((task) => waitsOf(task.states));
  expect(waits.filter((wait) => wait >= 1_000_000).length).toBeGreaterThanOrEqual(refused);
});

it("runs the flow again when a task has used up its retries, and pays for no passage twice", async () => {
  // Four attempts are all that a passage has in one attempt of the flow.
  await startLlm({
    faults: (body, nth) => (body.includes("satellite") && nth <= 4 ? "server-error" : "none"),
  });
  const { classified } = await classifyDocuments({ year: 1962, output: join(folder, "out.jsonl") });
  const { states, run } = await newestRun("document-classification");
  expect(run.runCount).toBe(2);
  expect(states).toEqual(["Pending", "Running", "AwaitingRetry", "Retrying", "Completed"]);
  expect(llm.answers.get(200)).toBe(classified);
});

it("does not retry what will be refused again", async () => {
  await startLlm({});
  vi.stubEnv("OPENAI_BASE_URL", `${llm.url}/nowhere`);
  await expect(classifyDocuments({ year: 1962, output: join(folder, "out.jsonl") })).rejects.toThrow(/404/);
  const { states, tasks } = await newestRun("document-classification");
  expect(states.at(-1)).toBe("Failed");
  const classifying = tasks.filter((task) => task.taskKey === "classify-document");
  expect(Math.max(...classifying.map((task) => task.runCount))).toBe(2);
});

/** Microseconds from each failed attempt to the attempt after it. */
function waitsOf(
  states: readonly (readonly [type: string, name: string, at: number, message?: string])[],
): number[] {
  return states.flatMap(([, name, at], i) => {
    const next = states[i + 1];
    return name === "AwaitingRetry" && next ? [next[2] - at] : [];
  });
}
