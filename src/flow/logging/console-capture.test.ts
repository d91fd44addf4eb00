import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Child } from "../../../test/support/child.ts";
import { newFolder } from "../../../test/support/folder.ts";

const SCRIPT = join(import.meta.dirname, "fixtures", "prints.ts");

async function runScript(env: NodeJS.ProcessEnv = {}): Promise<{ child: Child; kept: unknown[][] }> {
  const child = new Child(SCRIPT, [], {
    SEGNO_HOME: newFolder(),
    SEGNO_LOGGING_PRINT: "auto",
    NO_COLOR: "1",
    ...env,
  });
  await child.done();
  return { child, kept: JSON.parse(child.output.split("KEPT ")[1] ?? "[]") as unknown[][] };
}

describe("what console prints in a run with logPrints", { timeout: 60_000 }, () => {
  it("is kept as the run's lines and still printed; elsewhere the console is left alone", async () => {
    const { child, kept } = await runScript();
    expect(kept).toEqual([
      [
        [20, "segno.prints", "count 7 { a: 1 }", false],
        [20, "segno.prints", "info", false],
        [40, "segno.prints", "boom", false],
        [30, "segno.prints", "task says hi", true],
        [30, "segno.flow_runs", "careful n=1", false],
        [20, "segno.flow_runs", "Finished in state Completed", false],
      ],
      [[20, "segno.flow_runs", "Finished in state Completed", false]],
    ]);
    const printed = child.output.split("\n").slice(0, 6);
    expect(printed).toEqual([
      "before any run",
      "count 7 { a: 1 }",
      "info",
      "debug",
      "not captured",
      "after all runs",
    ]);
    // Without a terminal only what is wrong is printed beside what the console printed.
    expect(child.errors).toMatch(
      /^boom\ntask says hi\n\d\d:\d\d:\d\d\.\d{3} \| WARNING \| flow run 'loud-run' - careful n=1\n$/,
    );
  });

  it("goes by the settings of level, of store and of print", async () => {
    const quiet = await runScript({ SEGNO_LOGGING_TO_STORE: "false", SEGNO_LOGGING_PRINT: "never" });
    expect(quiet.kept).toEqual([[], []]);
    expect(quiet.child.errors).toBe("boom\ntask says hi\n");

    const all = await runScript({ SEGNO_LOGGING_LEVEL: "debug", SEGNO_LOGGING_PRINT: "always" });
    expect(all.kept[0]).toContainEqual([10, "segno.prints", "debug", false]);
    expect(all.child.errors).toMatch(/\| DEBUG {3}\| task run 'speak' - too quiet to keep\n/);
    expect(all.child.errors).toMatch(/\| INFO {4}\| flow run 'loud-run' - Finished in state Completed\n/);
  });
});
