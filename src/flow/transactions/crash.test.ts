import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Child } from "../../../test/support/child.ts";
import { newFolder } from "../../../test/support/folder.ts";

const SCRIPT = join(import.meta.dirname, "fixtures", "two-transactions.ts");

const ANSWER = JSON.stringify({ again: [1, 5, 5], before: false });
const UNDONE = ["undo 4 for inner", "undo 3 for first", "undo 2 for first", "undo 1 for first"];
const COMMITTED = ["commit 1 for second", "commit 5 for second"];

/** Runs the script, kills it at the point, and runs it again until it ends well. */
async function crashAt(point: string): Promise<{ crashed: boolean; answer: string; lines: string[] }> {
  const home = newFolder();
  const log = join(home, "done.log");
  const env = { SEGNO_HOME: home, SEGNO_LOGGING_PRINT: "never" };
  const first = new Child(SCRIPT, [log], { ...env, SEGNO_CRASH_AT: point });
  const crashed = (await first.ended) === "SIGKILL";
  const answer = await new Child(SCRIPT, [log], env).done();
  return { crashed, answer, lines: readFileSync(log, "utf8").trimEnd().split("\n") };
}

const of = (lines: readonly string[], word: string) => lines.filter((line) => line.startsWith(word));

describe("a process killed in a transaction", { timeout: 120_000 }, () => {
  it.each([
    ["transaction.rolling-back:1"],
    ["transaction.rolling-back:3"],
    ["transaction.committing"],
    ["outcome.delivered:3"],
  ])("at %s leaves a run whose hooks each run once, in order", async (point) => {
    const { crashed, answer, lines } = await crashAt(point);
    expect({ crashed, answer }).toEqual({ crashed: true, answer: ANSWER });
    expect(of(lines, "undo")).toEqual(UNDONE);
    expect(of(lines, "commit")).toEqual(COMMITTED);
    expect(lines.indexOf("undo 1 for first")).toBeLessThan(lines.lastIndexOf("run 1"));
    expect(of(lines, "run").toSorted()).toEqual(["run 1", "run 1", "run 2", "run 3", "run 4", "run 5"]);
  });

  it("after any of its commits repeats nothing", async () => {
    for (let commit = 2; ; commit += 4) {
      const { crashed, answer, lines } = await crashAt(`journal.committed:${commit}`);
      expect(answer).toBe(ANSWER);
      expect({ commit, undone: of(lines, "undo") }).toEqual({ commit, undone: UNDONE });
      expect({ commit, done: of(lines, "commit") }).toEqual({ commit, done: COMMITTED });
      expect(of(lines, "run")).toHaveLength(6);
      if (!crashed) break;
    }
  });
});
