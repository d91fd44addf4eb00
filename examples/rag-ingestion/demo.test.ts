import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

import { Child } from "../../test/support/child.ts";

// Real processes, the real model, real addresses: the demo as it is, only shorter.
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "rag-demo-"));
});
afterAll(() => rmSync(home, { recursive: true }));

function demo(...args: string[]): Promise<string> {
  const withoutKeys = { OPENAI_API_KEY: "", PINECONE_API_KEY: "", QDRANT_URL: "" };
  return new Child(MAIN, args, { ...withoutKeys, SEGNO_HOME: home }).done();
}

/** The cells of the table's row that begins with the name. */
function rowOf(output: string, name: string): string[] {
  const line = output.split("\n").find((text) => text.trim().startsWith(`${name}  `) && !text.includes("/"));
  return line?.trim().split(/\s{2,}/) ?? [];
}

it("shows progress, a table of the run and answers; the second time from the cache", async () => {
  const first = await demo("--years", "1986");
  expect(first).toMatch(/embed-chunks 4\/4, upsert-chunks 4\/4\n/);
  expect(rowOf(first, "embed-chunks").slice(1, 4)).toEqual(["4", "0", "0"]);
  expect(first.match(/Ronald Reagan, 1986/g)).toHaveLength(6);
  expect(first).toContain("segno flow-run ls");

  const second = await demo("--years", "1986");
  expect(rowOf(second, "embed-chunks").slice(1, 4)).toEqual(["4", "4", "0"]);
  expect(rowOf(second, "upsert-chunks").slice(1, 4)).toEqual(["4", "0", "0"]);
}, 120_000);

it("does not delete a store that it did not make", async () => {
  await expect(demo("--fresh")).rejects.toThrow(/--fresh would delete/);
});

it("is killed in the middle, starts again, and repeats nothing that was done", async () => {
  const output = await demo("--crash", "--kill-after", "2", "--years", "1941,1964,1986");
  expect(output).toContain("was killed with SIGKILL");
  const [, summary = ""] = output.split("What was not repeated");
  expect(rowOf(summary, "load-document").slice(1)).toEqual(["3", "3", "0", "0"]);
  expect(rowOf(summary, "chunk-document").slice(1)).toEqual(["3", "3", "0", "0"]);
  const [, runs, before, again, after] = rowOf(summary, "embed-chunks").map(Number);
  expect(runs).toBe(10);
  expect(before).toBeGreaterThanOrEqual(2);
  expect(again).toBe(0);
  expect(after).toBe(10 - (before ?? 0));

  // The model's own log agrees: what was finished before the kill was not embedded again.
  const [, sentAfter] = /(\d+) after it/.exec(summary) ?? [];
  expect(Number(sentAfter)).toBe(after);
}, 120_000);
