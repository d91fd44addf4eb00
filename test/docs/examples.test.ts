import { describe, expect, test } from "vitest";
import { blocksOf } from "./markdown.ts";
import { programOf } from "./program.ts";
import { pages, readText, sources } from "./project.ts";
import { examplesOf, publicNames } from "./tsdoc.ts";
import { Workshop } from "./workshop.ts";

const names = publicNames("src/index.ts");
const exported = new Map(names.map(({ name, kind }) => [name, kind] as const));

const examples = [
  ...pages().flatMap((page) => blocksOf(page, readText(page))),
  ...sources().flatMap((source) => examplesOf(source)),
];
const programs = examples.map((example) => programOf(example, exported));
const workshop = new Workshop(programs);

describe("examples in the pages and in TSDoc", () => {
  test("compile against the real types", async () => {
    expect(await workshop.compile()).toEqual([]);
  });

  const runnable = programs.filter((program) => program.runnable);

  test("are run where they say so", () => {
    expect(runnable.length).toBeGreaterThan(10);
  });

  test.for(runnable.map((program) => [`${program.example.file}:${program.example.line}`, program] as const))(
    "%s runs as written",
    async ([, program]) => {
      await workshop.run(program);
    },
  );
});

describe("the check itself", () => {
  const broken = blocksOf("broken.md", readText("test/docs/fixtures/broken.md")).map((example) =>
    programOf(example, exported),
  );
  const itsWorkshop = new Workshop(broken);

  test("finds an example that does not compile, by its line in the page", async () => {
    expect(await itsWorkshop.compile()).toEqual([
      expect.stringContaining("broken.md:6: error TS2345"),
      expect.stringContaining("broken.md:14: error TS2305"),
    ]);
  });

  test("finds a claim that does not hold", async () => {
    const [, , wrong] = broken;
    expect(wrong?.runnable).toBe(true);
    await expect(wrong && itsWorkshop.run(wrong)).rejects.toThrow("Expected values to be strictly");
  });
});

describe("TSDoc", () => {
  test("stands above everything that the package exports", () => {
    const bare = names.filter(({ comment }) => comment === null);
    expect(bare.map(({ name, file }) => `${file}: ${name}`)).toEqual([]);
  });

  test("has an example wherever something can be called or used", () => {
    const bare = names.filter(
      ({ kind, comment }) => kind === "value" && comment !== null && !comment.includes("@example"),
    );
    expect(bare.map(({ name, file }) => `${file}: ${name}`)).toEqual([]);
  });
});
