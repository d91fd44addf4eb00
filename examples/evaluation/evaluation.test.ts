import { closeSegno, setConcurrencyLimit } from "segno";
import { afterEach, expect, it, vi } from "vitest";

import { startStubLlm, type StubLlm } from "../stub-llm/server.ts";
import { newestRun } from "../../test/support/newest-run.ts";
import { evaluateBatch } from "./flow.ts";

let llm: StubLlm;
afterEach(async () => {
  await closeSegno();
  await llm.close();
});

const items = [
  { id: "good", prompt: "Summarise.\nThe union is strong. More.", expected: "union strong" },
  { id: "poor", prompt: "Summarise.\nTaxes will fall. More.", expected: "union strong" },
  { id: "unjudged", prompt: "Summarise.\nWe go to the moon. More." },
];

it("processes, judges and reports, and the next run pays for the judge only", async () => {
  llm = await startStubLlm({
    faults: (body, nth) => (nth > 1 || body.includes("moon") ? "none" : "server-error"),
  });
  vi.stubEnv("ANTHROPIC_API_KEY", "any");
  vi.stubEnv("ANTHROPIC_BASE_URL", llm.url);
  await setConcurrencyLimit("anthropic-api", 2);

  const { mean, markdown } = await evaluateBatch({ items });
  expect(mean).toBe(3);
  expect(markdown).toContain("| good | 5 |");
  expect(markdown).toContain("| poor | 1 |");
  expect(markdown).toContain("| unjudged | – |");
  expect(llm.answers.get(200)).toBe(5);

  const { states, tasks, artifacts } = await newestRun("batch-evaluation");
  expect(states.at(-1)).toBe("Completed");
  expect(artifacts).toMatchObject([{ key: "evaluation-report", type: "markdown", data: markdown }]);
  expect(llm.answers.get(500)).toBe(4);
  expect(tasks.reduce((sum, task) => sum + task.runCount - 1, 0)).toBe(4);

  await evaluateBatch({ items });
  const again = await newestRun("batch-evaluation");
  const processed = again.tasks.filter((task) => task.taskKey === "process-with-claude");
  expect(processed.map((task) => task.stateName)).toEqual(["Cached", "Cached", "Cached"]);
  expect(llm.answers.get(200)).toBe(7);
});
