import { describe, expect, it } from "vitest";
import { formatFacts } from "./facts.ts";

describe("facts behind a message", () => {
  it.each([
    [
      { path: "/tmp/a.txt", n: 3, ok: true, none: null, gone: undefined },
      " path=/tmp/a.txt n=3 ok=true none=null gone=undefined",
    ],
    [{ a: "two words", b: 'q"', c: "x=y", d: "" }, ' a="two words" b="q\\"" c="x=y" d=""'],
    [{ at: new Date(0), never: new Date(Number.NaN) }, ' at=1970-01-01T00:00:00.000Z never="invalid date"'],
    [{ list: [1, "a"], map: new Map([["k", 1n]]), set: new Set([1]) }, ' list=[1,"a"] map={"k":"1"} set=[1]'],
    [{ bytes: new Uint8Array(4), big: 5n, f: Symbol("s") }, ' bytes="4 bytes" big=5 f=Symbol(s)'],
    [undefined, ""],
  ])("are short and can be told apart: %o", (facts, text) => {
    expect(formatFacts(facts)).toBe(text);
  });

  it("show of an error its name and message only, wherever it stands", () => {
    const error = Object.assign(new TypeError("401"), { headers: { authorization: "Bearer secret" } });
    const text = formatFacts({ error, nested: { deep: [error] } });
    expect(text).toBe(' error="TypeError: 401" nested={"deep":["TypeError: 401"]}');
    expect(text).not.toContain("secret");
  });

  it("survive what cannot be written, and stay short", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(formatFacts({ circle })).toBe(' circle="a circular value"');
    expect(formatFacts({ long: "x".repeat(3000) })).toHaveLength(2000 + " long=…".length);
  });
});
