import { describe, expect, it } from "vitest";
import { callSite } from "./call-site.ts";

const root = new URL("../../", import.meta.url);

/** An error with these lines as its stack. */
function thrownAt(...lines: readonly string[]): Error {
  return Object.assign(new Error("x"), {
    stack: ["Error: x", ...lines.map((line) => `    at ${line}`)].join("\n"),
  });
}

describe("the user's line in a stack", () => {
  it.each([
    ["f (file:///app/my%20code/a.ts:1:2)", "/app/my code/a.ts:1:2"],
    ["file:///app/a.ts:1:2", "/app/a.ts:1:2"],
    ["async f (/app/my code/a.ts:1:2)", "/app/my code/a.ts:1:2"],
    ["async /app/my code/a.ts:1:2", "/app/my code/a.ts:1:2"],
    ["new Foo (/app/a.ts:1:2)", "/app/a.ts:1:2"],
    ["Promise.all (index 0)", null],
    ["eval (eval at f (file:///app/a.ts:1:2), <anonymous>:1:1)", null],
    ["node:internal/modules/run_main:1:2", null],
  ])("is found in %s", (line, place) => {
    expect(callSite(thrownAt(line))).toBe(place);
  });

  it("is none of Segno's own, built or not", () => {
    const own = [`task (${root.href}src/flow/task.ts:1:1)`, `${root.pathname}dist/flow/task.js:1:1`];
    expect(callSite(thrownAt(...own, "main (/app/a.ts:1:2)"))).toBe("/app/a.ts:1:2");
    expect(callSite(new Error("here"))).toMatch(/call-site\.test\.ts:\d+:\d+$/);
  });
});
