import { describe, expect, test } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

describe("nearest", () => {
  test("finds a missing, a wrong and two swapped letters", () => {
    const names = ["logging.level", "store.path", "results.path"];
    expect(nearest("logging.levl", names)).toEqual(["logging.level"]);
    expect(nearest("store.peth", names)).toEqual(["store.path"]);
    expect(nearest("stroe.path", names)).toEqual(["store.path"]);
  });

  test("puts the closest first", () => {
    expect(nearest("reset", ["resets", "reset-all", "reest"])).toEqual(["reest", "resets", "reset-all"]);
  });

  test("a candidate that contains the text is near however long", () => {
    expect(nearest("ingest", ["document-ingestion-nightly", "train"])).toEqual([
      "document-ingestion-nightly",
    ]);
  });

  test("unlike words are not near", () => {
    expect(nearest("ls", ["rm", "cp"])).toEqual([]);
    expect(nearest("", ["abc"])).toEqual([]);
  });
});

test("didYouMean makes a sentence, or nothing", () => {
  expect(didYouMean("lst", ["ls", "list", "last"])).toBe("Did you mean last, list or ls?");
  expect(didYouMean("inspekt", ["inspect", "watch"])).toBe("Did you mean inspect?");
  expect(didYouMean("zzz", ["inspect"])).toBeUndefined();
});
