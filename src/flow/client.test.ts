import { afterEach, expect, it } from "vitest";
import { closeSegno, flow, getClient, getRunLogger, step } from "./index.ts";

afterEach(() => closeSegno());

it("reads what ran: runs, tasks, logs", async () => {
  const f = flow({ name: "read-me" }, async () => {
    getRunLogger().info("hello");
    return step("one", () => 1);
  });
  await f();
  await closeSegno();
  const { flowRuns, taskRuns, logs } = await getClient();
  const [run] = (await flowRuns.list({ flowName: "read-me" }, { limit: 5 })).rows;
  expect(run?.state.name).toBe("Completed");
  const id = run?.id ?? "";
  expect(await taskRuns.summary(id)).toMatchObject([{ name: "one", count: 1, byState: { Completed: 1 } }]);
  const lines = (await logs.list({ flowRunId: id }, { limit: 10 })).rows;
  expect(lines.map((line) => line.message)).toContain("hello");
});
