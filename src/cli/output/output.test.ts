import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../../../test/support/folder.ts";
import { sourceFrame, userPlace } from "./source-frame.ts";
import { wantsColor } from "./style.ts";
import { type Column, tableLines } from "./table.ts";
import { isoTime, relativeTime, spanOf } from "./time.ts";
import pc from "picocolors";

interface Row {
  readonly name: string;
  readonly size: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "NAME", text: (row) => row.name, flexible: true },
  { title: "SIZE", text: (row) => row.size, align: "right" },
];

describe("table", () => {
  test("aligns to the widest cell, numbers to the right, and leaves empty columns out", () => {
    expect(
      tableLines(
        COLUMNS,
        [
          { name: "a", size: "1" },
          { name: "lengthy", size: "1000" },
        ],
        undefined,
      ),
    ).toEqual(["NAME     SIZE", "a           1", "lengthy  1000"]);
    expect(tableLines(COLUMNS, [{ name: "a", size: "" }], undefined)).toEqual(["NAME", "a"]);
  });

  test("cuts flexible columns where the terminal ends, counting characters and not their bytes", () => {
    const lines = tableLines(COLUMNS, [{ name: "ü".repeat(40), size: "1000" }], 20);
    expect(lines[1]).toBe(`${"ü".repeat(13)}…  1000`);
    expect(tableLines(COLUMNS, [{ name: "n".repeat(40), size: "1000" }], undefined)[1]).toHaveLength(46);
  });

  test("a name cannot move the cursor", () => {
    expect(tableLines(COLUMNS, [{ name: "a\u001B[2Jb\nc", size: "1" }], undefined)[1]).toBe("a [2Jb c     1");
  });
});

describe("times", () => {
  test("ISO times keep µs, before 1970 too", () => {
    expect(isoTime(1_700_000_000_123_456)).toBe("2023-11-14T22:13:20.123456Z");
    expect(isoTime(-1)).toBe("1969-12-31T23:59:59.999999Z");
    expect(isoTime(null)).toBeNull();
  });

  test("relative times have one unit", () => {
    const now = 10_000_000_000;
    expect(relativeTime(now - 184_000_000, now)).toBe("3m ago");
    expect(relativeTime(now + 5_000_000, now)).toBe("in 5s");
    expect(relativeTime(now - 900_000, now)).toBe("now");
    expect(relativeTime(null, now)).toBe("");
  });

  test("a span of nothing is empty", () => {
    expect([spanOf(0), spanOf(-5), spanOf(1_500_000)]).toEqual(["", "", "1.5s"]);
  });
});

test("colours need a terminal, or to be asked for; NO_COLOR goes before", () => {
  expect(wantsColor({ isTTY: true }, {})).toBe(true);
  expect(wantsColor({ isTTY: false }, {})).toBe(false);
  expect(wantsColor({}, { CI: "1" })).toBe(false);
  expect(wantsColor({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(wantsColor({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(wantsColor({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
  expect(wantsColor({}, { FORCE_COLOR: "1" })).toBe(true);
  expect(wantsColor({ isTTY: true }, { FORCE_COLOR: "0" })).toBe(false);
});

describe("source frame", () => {
  const place = (stack: string) => userPlace(Object.assign(new Error("x"), { stack: `Error: x\n${stack}` }));

  test("skips Node, packages and Segno itself, and reads every way to write a place", () => {
    expect(
      place(
        "    at node:internal/x:1:2\n    at f (/app/node_modules/p/i.js:1:2)\n    at g (/app/src/a b.ts:3:4)",
      ),
    ).toEqual({
      file: "/app/src/a b.ts",
      line: 3,
      column: 4,
    });
    expect(place("    at file:///app/my%20flow.ts?v=1:7:9")).toEqual({
      file: "/app/my flow.ts",
      line: 7,
      column: 9,
    });
    expect(place("    at async Promise.all (index 0)\n    at async /app/x.js:1:1")?.file).toBe("/app/x.js");
    expect(place(`    at run (${import.meta.filename.replace("output.test", "table")}:1:1)`)).toBeNull();
    expect(userPlace("text")).toBeNull();
  });

  test("shows the line with its neighbours, or nothing when the file changed or went", () => {
    const file = join(newFolder(), "flow.ts");
    writeFileSync(file, "one\ntwo\nthree");
    const colors = pc.createColors(false);
    expect(sourceFrame({ file, line: 2, column: 2 }, colors)).toEqual([
      "  1 | one",
      "> 2 | two",
      "    |  ^",
      "  3 | three",
    ]);
    expect(sourceFrame({ file, line: 9, column: 1 }, colors)).toEqual([]);
    expect(sourceFrame({ file: `${file}x`, line: 1, column: 1 }, colors)).toEqual([]);
  });
});
