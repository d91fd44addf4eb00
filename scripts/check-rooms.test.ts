import { describe, expect, it } from "vitest";
import { roomViolations } from "./check-rooms.ts";
import { scratchProject } from "./scratch.ts";
import { describeViolation } from "./violation.ts";

const MANIFEST = JSON.stringify({
  name: "segno",
  dependencies: { zod: "4" },
  devDependencies: { vitest: "4" },
});

/** What the check says about a project that holds only these files. */
function refused(files: Readonly<Record<string, string>>): string[] {
  return roomViolations(scratchProject({ "package.json": MANIFEST, ...files })).map(describeViolation);
}

describe("arrows between rooms", () => {
  it("allows a room to use any room below it, and itself", () => {
    const files = {
      "src/cli/main.ts": `import "../flow/task.ts"; import "../core/keys.ts"; import "./print.ts";`,
      "src/flow/task.ts": `import type { Store } from "../store/store.ts";`,
      "src/index.ts": `export * from "./flow/index.ts";`,
    };
    expect(refused(files)).toEqual([]);
  });

  it.each([
    ["a static import", `import { a } from "../flow/task.ts";`],
    ["a type import", `import type { A } from "../flow/task.ts";`],
    ["a re-export", `export * from "../flow/task.ts";`],
    ["a named re-export", `export { a } from "../flow/task.ts";`],
    ["a dynamic import", `export const load = () => import("../flow/task.ts");`],
    ["an import inside a type", `export type A = import("../flow/task.ts").A;`],
    ["a worker's path", `export const url = new URL("../flow/task.ts", import.meta.url);`],
    ["a resolved path", `export const path = import.meta.resolve("../flow/task.ts");`],
  ])("refuses %s that points up", (_, text) => {
    expect(refused({ "src/store/store.ts": `\n${text}` })).toEqual([
      "src/store/store.ts:2: imports src/flow/task.ts: store may use only core",
    ]);
  });

  it("is not misled by comments and strings", () => {
    const text = `// import "../flow/task.ts"\nexport const help = 'import "../flow/task.ts"';`;
    expect(refused({ "src/store/store.ts": text })).toEqual([]);
  });

  it("refuses neighbours on one level", () => {
    expect(refused({ "src/ai/llm.ts": `import "../dag/sensor.ts";` })).toEqual([
      "src/ai/llm.ts:1: imports src/dag/sensor.ts: ai may use only flow, client, server, store, core",
    ]);
  });

  it("lets ai, dag and assets see only flow's public surface", () => {
    const text = `import "../flow/index.ts";\nimport "../flow/engine.ts";`;
    expect(refused({ "src/ai/llm.ts": text })).toEqual([
      "src/ai/llm.ts:2: imports src/flow/engine.ts: ai is built on flow's public surface; import src/flow/index.ts",
    ]);
  });

  it("keeps entry points above the rooms, and the command line out of the library", () => {
    const files = {
      "src/cli/main.ts": `import "../index.ts";`,
      "src/flow/task.ts": `import "../index.ts";`,
      "src/index.ts": `import "./cli/main.ts";`,
    };
    expect(refused(files)).toEqual([
      "src/flow/task.ts:1: imports src/index.ts: a room cannot use an entry point that is made of rooms",
      "src/index.ts:1: imports src/cli/main.ts: the library must not need the command line",
    ]);
  });

  it("refuses a folder that is no room, whatever its files import", () => {
    expect(
      refused({ "src/utils/all.ts": `export const a = 1;`, "src/flow/a.ts": `import "../utils/all.ts";` }),
    ).toEqual([
      "src/utils/all.ts: src/utils/ is not a room; add it to LEVELS in scripts/check-rooms.ts or move the file",
    ]);
  });

  it("holds tests to the arrows too", () => {
    expect(refused({ "src/core/keys.test.ts": `import "../flow/task.ts";` })).toHaveLength(1);
  });
});

describe("packages", () => {
  it("allows what a user gets and what Node has", () => {
    expect(refused({ "src/core/a.ts": `import "zod"; import "zod/v4"; import "node:fs";` })).toEqual([]);
  });

  it("refuses a development dependency in shipped code, and allows it in a test", () => {
    const text = `import "vitest/config";`;
    expect(refused({ "src/core/a.ts": text, "src/core/a.test.ts": text })).toEqual([
      "src/core/a.ts:1: imports vitest/config: a user who installs segno does not get it; it is not in dependencies",
    ]);
  });

  it("refuses the package's own name and unshipped files in shipped code", () => {
    expect(refused({ "src/core/a.ts": `import "segno"; import "../../test/help.ts";` })).toEqual([
      "src/core/a.ts:1: imports segno: src/ uses its own files by relative paths",
      "src/core/a.ts:1: imports test/help.ts, which is not shipped; only src/ is",
    ]);
  });
});

describe("examples", () => {
  it("allows segno, packages and the example's own files", () => {
    const text = `import { flow } from "segno"; import "../lib/text.ts"; import OpenAI from "openai";`;
    expect(refused({ "examples/rag/main.ts": text })).toEqual([]);
  });

  it("refuses a way round the public surface", () => {
    expect(refused({ "examples/rag/main.ts": `import { engine } from "../../src/flow/engine.ts";` })).toEqual(
      [
        `examples/rag/main.ts:1: imports src/flow/engine.ts: an example shows what a user can write, so it imports "segno"`,
      ],
    );
  });
});
