import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeSegno } from "segno";
import { afterEach, expect, it } from "vitest";

import { Child } from "../../test/support/child.ts";
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

it("goes on from where it was when its process was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "batch-"));
  const program = join(folder, "program.mts");
  writeFileSync(
    program,
    `import { batchProcessing, callsOf } from ${JSON.stringify(new URL("main.ts", import.meta.url).href)};
     const killed = process.argv.includes("--killed");
     if (killed) setInterval(() => callsOf().size > 60 && process.kill(process.pid, "SIGKILL"), 1);
     const input = { batches: ["north"], failAt: -1 };
     console.log(JSON.stringify(await batchProcessing.run(input, { idempotencyKey: "once" })));`,
  );
  const env = { SEGNO_HOME: folder };
  expect(await new Child(program, ["--killed"], env).ended).toBe("SIGKILL");
  const [result] = JSON.parse(await new Child(program, [], env).done()) as [{ inThisAttempt: number }];
  expect(result).toMatchObject({ batch: "north", processed: 100 });
  // 60 items were done; what was said last may be a moment older than the kill.
  expect(result.inThisAttempt).toBeLessThan(60);
  rmSync(folder, { recursive: true });
});
