import { expect, it } from "vitest";
import { fileLengths } from "./check-file-length.ts";
import { scratchProject } from "./scratch.ts";

const lines = (count: number): string => "export {};\n".repeat(count);

it("refuses a file past 600 lines and notices one past 400", () => {
  const root = scratchProject({
    "src/core/a.ts": lines(400),
    "src/core/b.ts": lines(401),
    "src/core/c.ts": lines(600),
    "src/core/d.ts": lines(601),
    "examples/e/main.ts": lines(700),
    "examples/e/data/words.ts": lines(9000),
  });
  const { violations, warnings } = fileLengths(root);
  expect(violations.map(({ path }) => path)).toEqual(["examples/e/main.ts", "src/core/d.ts"]);
  expect(violations[1]?.message).toContain("601 lines; at most 600");
  expect(warnings.map(({ path }) => path)).toEqual(["src/core/b.ts", "src/core/c.ts"]);
});
