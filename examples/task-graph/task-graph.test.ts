import { afterEach, expect, it } from "vitest";

import { closeSegno } from "segno";
import { newestRun } from "../../test/support/newest-run.ts";
import { complexWorkflow } from "./main.ts";

afterEach(() => closeSegno());

it("runs A and B at the same time, then C, then D, and records who waited for whom", async () => {
  expect(await complexWorkflow()).toBe("D depends on C depends on A result and B result");

  const { tasks } = await newestRun("complex-workflow");
  const [a, b, c, d] = ["task-a", "task-b", "task-c", "task-d"].map((name) => {
    const run = tasks.find((task) => task.taskKey === name);
    if (run?.startAt == null || run.endAt === null) throw new Error(`${name} has not run`);
    return { ...run, startAt: run.startAt, endAt: run.endAt };
  });
  if (!a || !b || !c || !d) throw new Error("expected four task runs");

  expect(a.startAt).toBeLessThan(b.endAt);
  expect(b.startAt).toBeLessThan(a.endAt);
  expect(c.startAt).toBeGreaterThanOrEqual(Math.max(a.endAt, b.endAt));
  expect(d.startAt).toBeGreaterThanOrEqual(c.endAt);
  expect(Object.values(c.inputs ?? {}).flat()).toEqual([a.id, b.id]);
  expect(Object.values(d.inputs ?? {}).flat()).toEqual([c.id]);
});
