import { describe, expect, it } from "vitest";
import { type CatalogueEntry, ERROR_CATALOGUE } from "../src/core/error-catalogue.ts";
import { codesIn, errorCodes } from "./error-codes.ts";
import { errorPage, writtenPage } from "./write-error-docs.ts";

const catalogue = new Map<string, CatalogueEntry>(Object.entries(ERROR_CATALOGUE));
const uses = errorCodes(process.cwd());

describe("the catalogue", () => {
  it("lists every code that the sources name", () => {
    const unlisted = uses.filter(({ code }) => !catalogue.has(code));
    expect(unlisted.map(({ code, path, line }) => `${path}:${line} ${code}`)).toStrictEqual([]);
  });

  it("lists no code that no error is made with", () => {
    const made = new Set(uses.filter((use) => use.made).map(({ code }) => code));
    expect([...catalogue.keys()].filter((code) => !made.has(code))).toStrictEqual([]);
  });

  it("gives each code the class that it is thrown with", () => {
    const wrong = uses.filter(
      (use) => use.class !== undefined && use.class !== (catalogue.get(use.code)?.class ?? use.class),
    );
    expect(
      wrong.map((use) => `${use.path}:${use.line} ${use.code} is thrown as ${use.class ?? "?"}`),
    ).toStrictEqual([]);
  });

  it("says of each code what happened and what to do, in whole sentences", () => {
    for (const [code, { summary, remedy }] of catalogue) {
      for (const text of [summary, remedy]) expect(text, code).toMatch(/^[A-Z`].{15,}[.!]$/s);
    }
  });
});

describe("the page of errors", () => {
  it("is what the catalogue gives; if not, run `node --import tsx scripts/write-error-docs.ts`", async () => {
    expect(writtenPage()).toBe(await errorPage());
  });
});

describe("codesIn", () => {
  it("finds codes wherever they are named, and the class they are thrown with", () => {
    const text = [
      'throw new RefusedError({ message: "m", code: "SEGNO_A" });',
      'const code = full ? "SEGNO_B" : "SEGNO_C"; // not "SEGNO_D"',
      'const home = env["SEGNO_E"] ?? "SEGNO_HOME is not set";',
      "/** `SEGNO_F` */ type Code = `SEGNO_${string}`;",
      'if (code === "SEGNO_G" || code.startsWith("SEGNO_H_") || ["SEGNO_I"].includes(code)) stop();',
    ].join("\n");
    expect(codesIn("x.ts", text)).toStrictEqual([
      { code: "SEGNO_A", path: "x.ts", line: 1, class: "RefusedError", made: true },
      { code: "SEGNO_B", path: "x.ts", line: 2, class: undefined, made: true },
      { code: "SEGNO_C", path: "x.ts", line: 2, class: undefined, made: true },
      { code: "SEGNO_G", path: "x.ts", line: 5, class: undefined, made: false },
      { code: "SEGNO_I", path: "x.ts", line: 5, class: undefined, made: false },
    ]);
  });
});
