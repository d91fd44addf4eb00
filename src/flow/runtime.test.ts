import { expect, it } from "vitest";
import { ownStore } from "../../test/support/own-store.ts";
import { flow, getRunContext, runtime, task } from "./index.ts";

ownStore();

it("tells the facts of the run that the code belongs to, and null outside", async () => {
  const look = task({ name: "looks", taskRunName: "look {n}", tags: ["t"], retries: 1 }, (n: number) => {
    if (runtime.taskRun.runCount === 1) throw new Error(`again ${n}`);
    return { ...runtime.taskRun };
  });
  const f = flow(
    { name: "shows", flowRunName: "run {x}", version: "7", tags: ["f"] },
    async ({ x }: { x: number }) => ({
      flowRun: { ...runtime.flowRun },
      taskRunId: runtime.taskRun.id,
      taskRun: await look(x + 2),
      context: getRunContext().flowRun,
    }),
  );
  const { flowRun, taskRunId, taskRun, context } = await f({ x: 1 });
  expect(flowRun).toEqual(context);
  expect(flowRun).toMatchObject({
    name: "run 1",
    flowName: "shows",
    flowVersion: "7",
    parameters: { x: 1 },
    runCount: 1,
  });
  expect(taskRunId).toBeNull();
  expect(taskRun).toMatchObject({
    name: "look 3",
    taskName: "looks",
    tags: ["f", "t"],
    dynamicKey: "0",
    runCount: 2,
  });
  expect([runtime.flowRun.id, runtime.flowRun.tags, runtime.taskRun.name]).toEqual([null, null, null]);
});
