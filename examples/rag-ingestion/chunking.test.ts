import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chunksOf, inBatches, splitText } from "./chunking.ts";

const options = fc
  .record({ size: fc.integer({ min: 3, max: 80 }), overlap: fc.nat(39) })
  .filter(({ size, overlap }) => overlap < size / 2);
const prose = fc
  .array(fc.constantFrom("peace", "union", ". ", " ", "the state of the", "!"), { maxLength: 200 })
  .map((words) => words.join(""));

describe("splitText", () => {
  it("ends, loses no word and keeps to the size, for any text", () => {
    fc.assert(
      fc.property(prose, options, (text, { size, overlap }) => {
        const pieces = splitText(text, { size, overlap });
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(size);
        let from = 0;
        for (const piece of pieces) {
          const at = text.indexOf(piece, Math.max(0, from - overlap - size));
          expect(at).toBeGreaterThanOrEqual(0);
          from = Math.max(from, at + piece.length);
        }
        const characters = (value: string): number => value.replaceAll(/\s/g, "").length;
        expect(pieces.reduce((sum, piece) => sum + characters(piece), 0)).toBeGreaterThanOrEqual(
          characters(text),
        );
      }),
    );
  });

  it("ends a piece at a sentence's end when one lies in its second half", () => {
    const text = "We the people of this union. And then some more words follow here.";
    expect(splitText(text, { size: 40, overlap: 4 })[0]).toBe("We the people of this union.");
  });

  it("repeats the end of the piece before, from the start of a word", () => {
    expect(splitText("abcdefghij", { size: 4, overlap: 1 })).toEqual(["abcd", "defg", "ghij"]);
    expect(splitText("We the people of the union", { size: 16, overlap: 5 })).toEqual([
      "We the people of",
      "of the union",
    ]);
  });

  it("says what is wrong with an overlap that would never get anywhere", () => {
    expect(() => splitText("text", { size: 10, overlap: 10 })).toThrow(/overlap < size \/ 2.*overlap 10/);
  });
});

it("gives a chunk the same id as long as its document is the same", () => {
  const document = { name: "a", text: "x".repeat(1000), hash: "0123456789abcdef0123" };
  const ids = chunksOf(document, { size: 400, overlap: 50 }).map((chunk) => chunk.id);
  expect(ids).toEqual(["0123456789abcdef-0", "0123456789abcdef-1", "0123456789abcdef-2"]);
});

it("puts every item into one batch", () => {
  expect(inBatches([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inBatches([], 2)).toEqual([]);
});
