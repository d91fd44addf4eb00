import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import { RefusedError } from "./errors.ts";
import { inputJsonSchema, validateInput } from "./schema.ts";

const libraries = {
  zod: z.object({ paths: z.array(z.string()), size: z.number().default(512) }),
  valibot: v.object({ paths: v.array(v.string()), size: v.optional(v.number(), 512) }),
  arktype: type({ paths: "string[]", size: "number = 512" }),
};

describe.each(Object.entries(libraries))("a schema of %s", (_, schema) => {
  it("gives what it makes of the value", async () => {
    expect(await validateInput(schema, { paths: ["a"] }, "the input")).toStrictEqual({
      paths: ["a"],
      size: 512,
    });
  });

  it("refuses with every issue and its path", async () => {
    const refused: unknown = await validateInput(
      schema,
      { paths: ["a", 7], size: "x" },
      "the input of flow ingest",
    ).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(RefusedError);
    const error = refused as RefusedError;
    expect(error.code).toBe("SEGNO_INVALID_INPUT");
    expect(error.message).toMatch(
      /^the input of flow ingest: expected a value that fits the schema, got an object with 2 issues:\n {2}- /,
    );
    expect(error.message).toContain("paths[1]: ");
    expect(error.message).toContain("size: ");
    expect((error.facts.issues as { path: string }[]).map((issue) => issue.path).sort()).toStrictEqual([
      "paths[1]",
      "size",
    ]);
  });

  it("refuses nothing at all", async () => {
    await expect(validateInput(schema, undefined, "the input")).rejects.toThrow(
      "got undefined with 1 issue:",
    );
  });
});

describe("validateInput", () => {
  it("has the schema's output as its type", async () => {
    const input = await validateInput(z.object({ n: z.string().transform(Number) }), { n: "5" }, "the input");
    expectTypeOf(input).toEqualTypeOf<{ n: number }>();
    expect(input).toStrictEqual({ n: 5 });
  });

  it("waits for a schema that checks asynchronously", async () => {
    const schema = z.string().refine(async (text) => Promise.resolve(text === "yes"), "must be yes");
    expect(await validateInput(schema, "yes", "the answer")).toBe("yes");
    await expect(validateInput(schema, "no", "the answer")).rejects.toThrow(
      "the answer: expected a value that fits the schema, got a string with 1 issue:\n  - must be yes",
    );
  });

  it("refuses what makes the schema itself throw", async () => {
    const schema = z.string().refine((text) => JSON.parse(text) !== null);
    const refused = validateInput(schema, "{", "the input");
    await expect(refused).rejects.toThrow(/^the input: the schema failed on a string: .*JSON/);
    await expect(refused).rejects.toThrow(expect.objectContaining({ code: "SEGNO_INVALID_INPUT" }));
  });

  it("lists twenty issues and counts the others", async () => {
    const refused = validateInput(
      z.array(z.number()),
      Array.from({ length: 100 }, () => "x"),
      "the input",
    );
    await expect(refused).rejects.toThrow("got an array with 100 issues");
    await expect(refused).rejects.toThrow("… and 80 more");
    await expect(refused).rejects.toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("[20]") as unknown }),
    );
  });
});

describe("inputJsonSchema", () => {
  it("is of what goes in, not of what comes out", () => {
    expect(inputJsonSchema(libraries.zod)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        paths: { type: "array", items: { type: "string" } },
        size: { default: 512, type: "number" },
      },
      required: ["paths"],
    });
    expect(inputJsonSchema(type({ paths: "string[]", "size?": "number" }))).toMatchObject({
      type: "object",
      required: ["paths"],
    });
  });

  it("is null where there is none", () => {
    expect(inputJsonSchema(libraries.valibot)).toBeNull();
    expect(inputJsonSchema(z.object({ at: z.date() }))).toBeNull();
    expect(inputJsonSchema(undefined as never)).toBeNull();
  });
});
