import { PassThrough } from "node:stream";
import { expect, it } from "vitest";

import { createProgress, progressLine, progressLines } from "./progress.ts";

const tasks = [
  { name: "load-document", count: 12, done: 12 },
  { name: "embed-chunks", count: 64, done: 16 },
];

it("draws a bar for each task, as long as it is done", () => {
  expect(progressLines(tasks)).toEqual([
    "  load-document  ████████████████████████████   12/12",
    "  embed-chunks   ███████░░░░░░░░░░░░░░░░░░░░░   16/64",
  ]);
});

it("says the same in one line for a log", () => {
  expect(progressLine(tasks)).toBe("load-document 12/12, embed-chunks 16/64");
});

it("draws over its own lines on a terminal, and only there", () => {
  const terminal = outputOf(true);
  expect(terminal).toContain("\x1b[2A");
  const file = outputOf(false);
  expect(file).not.toContain("\x1b");
  expect(file).toMatch(/0 s {2}load-document 12\/12, embed-chunks 16\/64\n$/);
});

/** What is written to a terminal, or to a file, when the progress is shown twice. */
function outputOf(isTTY: boolean): string {
  const out = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const progress = createProgress(out as unknown as NodeJS.WriteStream);
  progress.update(tasks);
  progress.update(tasks);
  progress.end();
  return String(out.read());
}
