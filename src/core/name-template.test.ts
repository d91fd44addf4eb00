import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RefusedError } from "./errors.ts";
import { renderName } from "./name-template.ts";

describe("renderName", () => {
  it.each([
    ["plain", {}, "plain"],
    ["load {path}", { path: "a.txt" }, "load a.txt"],
    ["embed-{batch.id}", { batch: { id: 7 } }, "embed-7"],
    ["{ path }", { path: "x" }, "x"],
    ["{a.0.b}", { a: [{ b: true }] }, "true"],
    ["{a.length}", { a: [1, 2] }, "2"],
    ["{batch.id}", { "batch.id": "whole key first", batch: { id: 1 } }, "whole key first"],
    ["{{{n}}}", { n: 1 }, "{1}"],
    ["{{n}}", {}, "{n}"],
    ["{a}{b}", { a: "{b}", b: "$&" }, "{b}$&"],
    ["{a}", { a: undefined }, "undefined"],
    ["{a}", { a: null }, "null"],
    ["{a}", { a: 5n }, "5"],
    ["{a}", { a: new Date(0) }, "1970-01-01T00:00:00.000Z"],
    ["{a}", { a: new URL("http://x/y") }, "http://x/y"],
    ["{a}", { a: { b: [1] } }, '{"b":[1]}'],
    ["{a}", { a: new Error("boom") }, "boom"],
    ["{a}", { a: () => 1 }, "function"],
    ["{a}", { a: { b: 1n } }, "{…}"],
    ["a\n{b}\t c", { b: "x\ny" }, "a x y c"],
  ])("%j with %o is %j", (template, values, name) => {
    expect(renderName(template, values)).toBe(name);
  });

  it("cuts a long value at 80 characters and a name at 200", () => {
    expect(renderName("{a}", { a: "x".repeat(500) })).toBe(`${"x".repeat(79)}…`);
    expect(renderName("{a} {a} {a}", { a: "x".repeat(500) })).toHaveLength(200);
    expect(renderName("y".repeat(300), {})).toBe(`${"y".repeat(199)}…`);
    expect(renderName("{a}", { a: Array.from({ length: 1_000_000 }, () => 1) })).toHaveLength(80);
    expect(renderName("{a}", { a: "😀".repeat(100) })).toBe(`${"😀".repeat(39)}…`);
  });

  it.each([
    ["load {file}", "expected {file} to be one of the values", "There is path, size"],
    ["load {path.file}", "expected {path.file} to be one of the values", "There is path, size"],
    ["load {constructor}", "expected {constructor}", "There is path, size"],
    ["load {path.toString}", "expected {path.toString}", "There is path, size"],
    ["load {}", "expected {} to be", "There is path, size"],
    ["load {path", 'got a single "{"', "{{ stands for a brace"],
    ["load path}", 'got a single "}"', "{{ stands for a brace"],
  ])("refuses %j", (template, said, help) => {
    const attempt = () => renderName(template, { path: "a", size: 1 });
    expect(attempt).toThrow(RefusedError);
    expect(attempt).toThrow(said);
    expect(attempt).toThrow(help);
    expect(attempt).toThrow(expect.objectContaining({ code: "SEGNO_NAME_TEMPLATE" }));
  });

  it("names no keys where there are none", () => {
    expect(() => renderName("{a}", {})).toThrow("There are no values here");
    expect(() => renderName(7 as unknown as string, {})).toThrow(
      "expected a name's template to be text, got number",
    );
  });

  it("gives a line of at most 200 characters or refuses", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true })),
        (template, values) => {
          try {
            const name = renderName(template, values);
            expect(name.length).toBeLessThanOrEqual(200);
            expect(name).not.toMatch(/[\n\r]/);
          } catch (error) {
            expect(error).toBeInstanceOf(RefusedError);
          }
        },
      ),
    );
  });
});
