import { expect, it, vi } from "vitest";
import { newestRun } from "../../../test/support/newest-run.ts";
import { ownStore } from "../../../test/support/own-store.ts";
import { flow, task } from "../index.ts";

ownStore();

it("keeps what a task with logPrints prints in a flow without", async () => {
  const printed = vi.spyOn(console, "log");
  const tell = task({ name: "tell", logPrints: true }, () => console.log("from the task"));
  await flow({ name: "quiet" }, async () => {
    console.log("from the flow");
    await tell();
  })();
  const { logs } = await newestRun("quiet");
  expect(logs).toContain("from the task");
  expect(logs).not.toContain("from the flow");
  expect(printed.mock.calls.flat()).toEqual(["from the flow", "from the task"]);
});
