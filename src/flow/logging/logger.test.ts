import { describe, expect, it } from "vitest";
import { dieHere, startAndDie } from "../../../test/support/dying.ts";
import { ownStore } from "../../../test/support/own-store.ts";
import { flow, getRunLogger, resumeFlowRun, step, task } from "../index.ts";
import { getControl } from "../control.ts";

ownStore();

async function linesOf(flowName: string) {
  const { flowRuns, logs } = await (await getControl()).repositories();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  const { rows } = await logs.list({ flowRunId: run?.id ?? "" }, { limit: 100 });
  return rows.filter((line) => !line.message.startsWith("Finished in state"));
}

describe("getRunLogger()", () => {
  it("writes lines with their run, level and facts", async () => {
    const talk = task({ name: "talk" }, () => getRunLogger().info("from the task"));
    const f = flow({ name: "talks" }, async () => {
      const logger = getRunLogger();
      logger.info("loaded", { path: "a b.txt", chars: 120 });
      logger.warning("w");
      logger.error("e");
      logger.critical("c");
      logger.debug("dropped");
      logger.exception("it broke", new TypeError("no such page"), { page: 7 });
      await talk();
    });
    await f();
    const lines = await linesOf("talks");
    expect(
      lines.map((line) => [line.level, line.logger, line.message.split("\n")[0], line.taskRunId !== null]),
    ).toEqual([
      [20, "segno.flow_runs", 'loaded path="a b.txt" chars=120', false],
      [30, "segno.flow_runs", "w", false],
      [40, "segno.flow_runs", "e", false],
      [50, "segno.flow_runs", "c", false],
      [40, "segno.flow_runs", "it broke page=7", false],
      [20, "segno.task_runs", "from the task", true],
    ]);
    expect(lines[4]?.message).toMatch(/\nTypeError: no such page\n\s+at /);
  });

  it("needs a run", () => {
    expect(() => getRunLogger()).toThrow(
      expect.objectContaining({
        code: "SEGNO_NO_RUN",
        message: expect.stringContaining("getRunLogger()") as string,
      }),
    );
  });

  it("cuts a line of more than a million characters, and says so", async () => {
    await flow({ name: "long" }, () => getRunLogger().info("x".repeat(1_000_010)))();
    const [line] = await linesOf("long");
    expect(line?.message).toBe(`${"x".repeat(1_000_000)}… (10 more characters were cut)`);
  });

  it("writes no line twice when the body is replayed", async () => {
    let dies = true;
    const f = flow({ name: "told-once" }, async () => {
      getRunLogger().info("before");
      await step("one", () => getRunLogger().info("in the step"));
      getRunLogger().info("between");
      await step("two", () => 2);
      if (!dies) {
        getRunLogger().info("after");
        return;
      }
      await dieHere();
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    await resumeFlowRun(id);
    const messages = (await linesOf("told-once")).map((line) => line.message);
    expect(messages).toEqual(["before", "in the step", "between", "after"]);
  });
});
