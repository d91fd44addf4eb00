import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Child } from "../../../test/support/child.ts";
import { newFolder } from "../../../test/support/folder.ts";

const SCRIPT = join(import.meta.dirname, "fixtures", "cached-flow.ts");

const computed = (log: string) => readFileSync(log, "utf8").trimEnd().split("\n").map(Number);

it("lets processes that ask for the same keys compute each of them once", { timeout: 120_000 }, async () => {
  const home = newFolder();
  const log = join(home, "computed.log");
  const keys = 40;
  const children = ["a", "b", "c"].map(
    (name) => new Child(SCRIPT, [log, name, String(keys)], { SEGNO_HOME: home }),
  );
  const answers = await Promise.all(children.map((child) => child.done()));

  expect(new Set(answers).size).toBe(1);
  const asked = Array.from({ length: keys }, (_, key) => key);
  expect(computed(log).toSorted((a, b) => a - b)).toEqual(asked);
});

it(
  "computes what a killed process had the lock of, and the killed run takes that",
  { timeout: 120_000 },
  async () => {
    const home = newFolder();
    const log = join(home, "computed.log");
    const ask = (name: string, env: NodeJS.ProcessEnv = {}) =>
      new Child(SCRIPT, [log, name, "1"], { SEGNO_HOME: home, ...env });

    expect(await ask("killed", { SEGNO_CRASH_AT: "cache.locked" }).ended).toBe("SIGKILL");
    const other = await ask("other").done();
    expect(JSON.parse(other)).toEqual([{ key: 0, by: "other" }]);
    expect(await ask("killed").done()).toBe(other);
    expect(computed(log)).toEqual([0]);
  },
);

it("does not wait for the end of a lock whose holder dies meanwhile", { timeout: 120_000 }, async () => {
  const script = join(import.meta.dirname, "fixtures", "endless-holder.ts");
  const env = { SEGNO_HOME: newFolder() };
  const holder = new Child(script, ["hold"], env);
  await holder.printed("holding");
  const waiter = new Child(script, ["compute"], env);
  await waiter.printed("asking");
  await holder.kill();
  expect(await waiter.done()).toContain("computed");
});
