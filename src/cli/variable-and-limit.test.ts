import { describe, expect, test } from "vitest";
import { json, segno } from "./fixtures/segno.ts";

const said = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await segno(args);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
};

describe("variable", () => {
  test("is set, shown, changed and unset", async () => {
    expect(await said("variable", "set", "rate", "5")).toBe("Set rate.\n");
    expect(await json("variable", "get", "rate")).toBe(5);
    const twice = await segno(["variable", "set", "rate", "6"]);
    expect(twice).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/already: 5\n.*--overwrite/) as string,
    });
    expect(await said("variable", "set", "rate", '{"a": [1]}', "--overwrite", "--tag", "x")).toBe(
      "Changed rate.\n",
    );
    expect(await said("variable", "get", "rate")).toBe('{"a":[1]}\n');
    expect(await json("variable", "inspect", "rate")).toMatchObject({
      name: "rate",
      value: { a: [1] },
      tags: ["x"],
    });
    expect(await said("variable", "inspect", "rate")).toMatch(/^rate\n[^]*Value +\{\n[^]*Tags +x\n/);
    expect(await said("variable", "delete", "rate")).toBe("Unset rate.\n");
    expect((await segno(["variable", "unset", "rate"])).code).toBe(3);
  });

  test("text stays text, and a value can be forced to be", async () => {
    await said("variable", "set", "greeting", "hello there");
    expect(await said("variable", "get", "greeting")).toBe("hello there\n");
    await said("variable", "set", "digits", "007", "--text");
    expect(await json("variable", "get", "digits")).toBe("007");
    const rows = await json<{ name: string }[]>("variable", "ls");
    expect(rows.map((row) => row.name)).toEqual(["digits", "greeting"]);
    expect(await said("variable", "ls")).toMatch(/^NAME +VALUE +UPDATED\ndigits +007 /);
    expect(await json("variable", "ls", "--after", "digits")).toHaveLength(1);
  });

  test.each([
    ["an unknown name", ["get", "greting"], 3, /There is no variable "greting"\.\n.*Did you mean greeting\?/],
    ["a bad name", ["set", "My Name", "1"], 2, /"My Name"; expected 1 to 255 lower case letters/],
    [
      "a long value",
      ["set", "long", "x".repeat(5000)],
      2,
      /5002 characters of JSON; expected JSON of at most 5000/,
    ],
    ["no value", ["set", "name"], 2, /missing required argument 'value'/],
  ])("%s is refused", async (_, args, exit, message) => {
    const { code, stderr } = await segno(["variable", ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(exit);
  });
});

describe("concurrency-limit", () => {
  test("of both kinds is created, shown, changed and deleted, under each of its names", async () => {
    expect(await said("concurrency-limit", "create", "openai", "5")).toBe("Created openai: 5 slots.\n");
    expect(await said("gcl", "create", "api", "--limit", "10", "--slot-decay-per-second", "2.5")).toContain(
      "2.5 back each second",
    );
    expect(await said("global-concurrency-limit", "create", "gpu", "1", "--tag")).toBe(
      "Created tag:gpu: 1 slot.\n",
    );
    expect(await said("gcl", "ls")).toMatch(
      /^NAME +LIMIT +ACTIVE +PER SECOND\napi +10 +0 +2\.5\nopenai +5 +0\ntag:gpu +1 +0\n$/,
    );
    expect(await said("gcl", "update", "openai", "-l", "7")).toBe("Changed openai: 7 slots.\n");
    expect(await said("gcl", "disable", "openai")).toBe("Disabled openai.\n");
    expect(await json("gcl", "inspect", "openai")).toMatchObject({
      limit: 7,
      active: false,
      active_slots: 0,
      leases: [],
    });
    await said("gcl", "enable", "openai");
    expect(await said("gcl", "inspect", "openai")).toMatch(/Status +enabled/);
    // What an update does not name stays.
    await said("gcl", "update", "api", "--limit", "20");
    expect(await json("gcl", "inspect", "api")).toMatchObject({ limit: 20, slot_decay_per_second: 2.5 });
    expect(await said("gcl", "reset", "gpu", "--tag")).toContain("Reset tag:gpu");
    expect(await said("gcl", "delete", "tag:gpu")).toBe("Deleted tag:gpu.\n");
    expect(await json<{ name: string }[]>("gcl", "ls")).toHaveLength(2);
  });

  test.each([
    [
      ["gcl", "create", "openai", "5"],
      2,
      /There is a concurrency limit "openai" already[^]*gcl|concurrency-limit update/,
    ],
    [["gcl", "create", "x"], 2, /How many slots\?/],
    [["gcl", "create", "x", "five"], 2, /"five"; expected a whole number/],
    [["gcl", "create", "x", "5", "-l", "5"], 2, /given twice/],
    [["gcl", "create", "x", "5", "--slot-decay-per-second", "-1"], 2, /not negative/],
    [["gcl", "update", "openai"], 2, /nothing to change/],
    [["gcl", "inspect", "opnai"], 3, /Did you mean openai\?/],
    [["gcl", "delete", "nope"], 3, /There is no concurrency limit "nope"/],
    [["gcl", "lss"], 2, /unknown command 'lss'[^]*Did you mean ls\?/],
  ])("%j is refused with exit code %i", async (args, exit, message) => {
    const { code, stderr } = await segno(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(exit);
  });
});
