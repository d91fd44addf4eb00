import { closeSegno } from "segno";
import { afterEach, expect, it } from "vitest";

import { newestRun } from "../../test/support/newest-run.ts";
import { batchProcessing, callsOf } from "./main.ts";

afterEach(() => closeSegno());

it("goes on from item 50 after it failed at item 50", async () => {
  const results = await batchProcessing({ batches: ["a", "b"] });
  expect(results).toEqual([
    { batch: "a", processed: 100, inThisAttempt: 50 },
    { batch: "b", processed: 100, inThisAttempt: 50 },
  ]);

  const twice = [...callsOf()].filter(([, calls]) => calls > 1);
  expect(callsOf().size).toBe(200);
  expect(twice).toEqual([
    ["a/50", 2],
    ["b/50", 2],
  ]);

  const { tasks, logs } = await newestRun("batch-processing");
  expect(tasks.map(({ runCount, stateName }) => [runCount, stateName])).toEqual([
    [2, "Completed"],
    [2, "Completed"],
  ]);
  expect(tasks[0]?.states.map(([, name]) => name)).toContain("AwaitingRetry");
  expect(logs.join("\n")).toContain("a goes on from item 50");
});

it("does every item once when nothing fails", async () => {
  const [result] = await batchProcessing({ batches: ["c"], failAt: -1 });
  expect(result).toEqual({ batch: "c", processed: 100, inThisAttempt: 100 });
});
