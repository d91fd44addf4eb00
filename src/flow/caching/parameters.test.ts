import { describe, expect, it } from "vitest";
import { RefusedError } from "../../core/errors.ts";
import { withoutParameters } from "./parameters.ts";

type AnyFunction = (...args: never[]) => unknown;

const left = (fn: AnyFunction, args: readonly unknown[], ...names: string[]) =>
  withoutParameters("t", fn, args, names);

/** As plain JavaScript, past whatever the test's compiler would make of it. */
const fromSource = (source: string) => {
  const url = `data:text/javascript,${encodeURIComponent(`export const fn = ${source};`)}`;
  return import(/* @vite-ignore */ url).then((module: { fn: AnyFunction }) => module.fn);
};

describe("withoutParameters", () => {
  it.each([
    ["(a, b) => a"],
    ["function (a, b) { return a; }"],
    ["async function named(a, b = 3) { return a; }"],
    ["async (a = 1, b) => a"],
    ["function* (a, b) {}"],
    ["({ method(a, b) {} }).method"],
    ["({ async method(a, b) {} }).method"],
    ["({ async *'odd name'(a, b) {} })['odd name']"],
    ["(class { static make(a, b) {} }).make"],
    ["(a, /* , c */ b) => '(' + a"],
  ])("finds the second parameter of %s", async (source) => {
    const fn = await fromSource(source);
    expect(await left(fn, [1, 2, 3], "b")).toEqual([1, undefined, 3]);
    expect(await left(fn, [1, 2], "b", "a")).toEqual([undefined, undefined]);
  });

  it("finds the parameter of an arrow function without parentheses", async () => {
    expect(await left(await fromSource("async only => only"), [1], "only")).toEqual([undefined]);
  });

  it("drops everything that a rest parameter gathers", async () => {
    expect(await left((..._items: number[]) => 0, [1, 2, 3], "_items")).toEqual([]);
    expect(await left((_a: number, ..._items: number[]) => 0, [1, 2, 3], "_items")).toEqual([1]);
    await expect(left((..._items: number[]) => 0, [1], "_items.0")).rejects.toThrow(/no such parameter/);
  });

  it("drops properties of a destructured parameter, under their own names", async () => {
    const fn = await fromSource(
      "({ path, debug: verbose = false, options: { depth, log } = {}, ...others }) => path",
    );
    const arg = { path: "p", debug: true, options: { depth: 2, log: "l" }, extra: 1 };
    const gone = undefined;
    expect(await left(fn, [arg], "debug")).toEqual([{ ...arg, debug: gone }]);
    expect(await left(fn, [arg], "options.log")).toEqual([{ ...arg, options: { depth: 2, log: gone } }]);
    expect(await left(fn, [arg], "options")).toEqual([{ ...arg, options: gone }]);
    expect(arg.options.log).toBe("l");
    await expect(left(fn, [arg], "verbos")).rejects.toThrow(RefusedError);
  });

  it("drops items of a destructured array", async () => {
    const fn = await fromSource("([first, , third], { rows: [head] }) => first");
    const args = [[1, 2, 3], { rows: ["h", "i"] }];
    expect(await left(fn, args, "third")).toEqual([[1, 2, undefined], args[1]]);
    expect(await left(fn, args, "head")).toEqual([args[0], { rows: [undefined, "i"] }]);
  });

  it("follows a dotted path into an object, and leaves what is not there", async () => {
    const fn = (_options: unknown) => 0;
    const options = { debug: { level: 2, file: "f" }, size: 1 };
    expect(await left(fn, [options], "_options.debug.file")).toEqual([
      { debug: { level: 2, file: undefined }, size: 1 },
    ]);
    expect(await left(fn, [options], "_options.missing")).toEqual([options]);
    expect(await left(fn, [{ debug: null }], "_options.debug.file")).toEqual([{ debug: null }]);
    expect(await left(fn, [], "_options.debug")).toEqual([]);
  });

  it("says which parameters there are when the name is unknown", async () => {
    const fn = await fromSource("(chunks, { size }) => 0");
    const error = await left(fn, [1, {}], "chunk").catch((refusal: unknown) => refusal as RefusedError);
    expect(error).toMatchObject({ code: "SEGNO_UNKNOWN_PARAMETER", help: "Did you mean chunks?" });
    expect(String(error)).toContain(
      'task "t" leaves out "chunk", but the task has no such parameter; it has "chunks", "size".',
    );
    await expect(left(() => 0, [], "x")).rejects.toThrow(/it has none/);
  });

  it("refuses a function whose source cannot be read", async () => {
    const bound = Math.max.bind(null);
    await expect(left(bound, [1], "a")).rejects.toThrow(/it is bound or native/);
  });
});
