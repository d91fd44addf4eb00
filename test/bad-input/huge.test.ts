import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { closeSegno, flow, getClient, resumeFlowRun, step, task } from "../../src/index.ts";
import { ownStore } from "../support/own-store.ts";
import { pictureOfStore } from "./store-picture.ts";

ownStore();

const MB = 1_000_000;
const home = () => process.env["SEGNO_HOME"] ?? "";

/** The flow's result as another process would get it: from the store, with everything closed in between. */
async function readBack(runId: string): Promise<unknown> {
  await closeSegno();
  return resumeFlowRun(runId);
}

test("a result of 50 MB goes through the results folder and comes back whole", async () => {
  const bytes = new Uint8Array(randomBytes(50 * MB));
  let made = 0;
  const load = task({ name: "load-50-mb" }, async () => {
    made++;
    return { bytes, at: new Date(0) };
  });
  let id = "";
  const main = flow({ name: "huge-result" }, async () => load());
  await main.run({ onRun: (run) => (id = run.id) });
  const back = (await readBack(id)) as { bytes: Uint8Array; at: Date };
  expect(Buffer.compare(back.bytes, bytes)).toBe(0);
  expect(back.at).toEqual(new Date(0));
  expect(made).toBe(1);
  // The task's result and the flow's are one value, and so one file.
  expect(pictureOfStore(home(), { withRuns: false })).toEqual({ files: 1 });
});

test("a result of 50 MB is read from the folder by the next attempt of its flow", async () => {
  const text = randomBytes(25 * MB).toString("hex");
  let made = 0;
  let attempts = 0;
  const main = flow({ name: "huge-retry", retries: 1 }, async () => {
    const back = await step("load", () => {
      made++;
      return text;
    });
    if (++attempts === 1) throw new Error("once");
    return back === text;
  });
  expect(await main()).toBe(true);
  expect(made).toBe(1);
});

test("a text of 100 MB comes back whole", async () => {
  const text = "ü".repeat(50 * MB);
  let id = "";
  const main = flow({ name: "huge-text" }, async () => step("write", () => text));
  await main.run({ onRun: (run) => (id = run.id) });
  expect((await readBack(id)) === text).toBe(true);
});

test("an argument of 5 MB is handed on as it is, and not kept", async () => {
  const rows = Array.from({ length: 50_000 }, (_, index) => ({ index, text: "x".repeat(90) }));
  const same = task({ name: "same" }, (given: readonly object[]) => given === rows);
  expect(await flow({ name: "huge-argument" }, async () => same(rows))()).toBe(true);
  await closeSegno();
  expect(pictureOfStore(home(), { withRuns: false })).toEqual({ files: 0 });
});

test("an input of 5 MB lies in the results folder, and a resumed run has it again", async () => {
  const input = { text: "x".repeat(5 * MB) };
  let id = "";
  let fail = true;
  const main = flow({ name: "huge-input" }, async (given: { text: string }) => {
    if (fail) throw new Error("not yet");
    return given.text.length;
  });
  await expect(main.run(input, { onRun: (run) => (id = run.id) })).rejects.toThrow("not yet");
  fail = false;
  expect(await readBack(id)).toBe(5 * MB);
  const { flowRuns } = await getClient();
  expect((await flowRuns.get(id))?.parameters).toMatchObject({ kind: "ref" });
});

test("what is past the longest text is refused with what to do", async () => {
  const half = "x".repeat(300 * MB);
  const main = flow({ name: "too-huge" }, async () => step("write", () => [half, half]));
  await expect(main()).rejects.toMatchObject({
    code: "SEGNO_UNSERIALIZABLE",
    message: expect.stringMatching(/longest string.*512 MiB[^]*a file/) as string,
  });
});
