import { describe, expect, it } from "vitest";
import { purityViolations } from "./check-core-purity.ts";
import { scratchProject } from "./scratch.ts";

function impurities(text: string, path = "src/core/a.ts"): string[] {
  return purityViolations(scratchProject({ [path]: text })).map(
    ({ message }) => message.split(":core")[0] ?? "",
  );
}

describe("core is pure", () => {
  it.each([
    `import { readFileSync } from "node:fs";`,
    `import type { Stats } from "fs";`,
    `export const load = () => import("node:crypto");`,
    `export const now = Date.now();`,
    `export const clock = Date.now;`,
    `export const now = new Date();`,
    `export const text = Date();`,
    `export const chance = Math.random();`,
    `export const id = crypto.randomUUID();`,
    `export const env = process.env["HOME"];`,
    `export const env = { process };`,
    `export const later = (f: () => void) => setTimeout(f, 1);`,
    `export const limit = AbortSignal.timeout(5);`,
    `export const t = performance.now();`,
    `export const hole = globalThis["process"];`,
    `console.log("seen");`,
    `export const get = () => fetch("http://localhost");`,
  ])("refuses %s", (text) => {
    expect(impurities(text)).toHaveLength(1);
  });

  it.each([
    `export const at = (micros: number) => new Date(micros / 1000).toISOString();`,
    `export const floor = (n: number) => Math.floor(n);`,
    `export const next = (random: () => number) => random();`,
    `export const stop = (task: { process: string }) => task.process;`,
    `export const names = { process: 1, crypto: 2 };`,
    `export const read = (process: { pid: number }) => process.pid;`,
    `export const pick = ({ performance = 1 }: { performance?: number }) => performance;`,
    `export interface Clock { performance: number; now(): Date }`,
    `// Date.now() would be impure\nexport const hint = "Math.random()";`,
    `import { z } from "zod"; export const schema = z.string();`,
  ])("allows %s", (text) => {
    expect(impurities(text)).toEqual([]);
  });

  it("says where and what to do", () => {
    const [violation] = purityViolations(
      scratchProject({ "src/core/a.ts": `\nexport const now = Date.now();` }),
    );
    expect(violation).toEqual({
      path: "src/core/a.ts",
      line: 2,
      message:
        "uses Date.now: core has no clock, randomness or I/O of its own; take the value as an argument",
    });
  });

  it("leaves core's tests and the other rooms alone", () => {
    expect(impurities(`export const now = Date.now();`, "src/core/a.test.ts")).toEqual([]);
    expect(impurities(`export const now = Date.now();`, "src/store/a.ts")).toEqual([]);
  });
});
