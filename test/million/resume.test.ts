import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { JournalEntry } from "../../src/core/run.ts";
import { newEntry, newRun } from "../../src/store/repositories/fixtures/world.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { newFolder } from "../support/folder.ts";
import { seedFlow } from "../store/conformance/backend.ts";
import { uuidv7 } from "uuidv7";

const STEPS = 1_000_000;
const LEFT = 3;
const MiB = 2 ** 20;

/** A run of `longLoop` that died before its last steps, written as the engine writes it. */
async function writeHistory(path: string): Promise<string> {
  const store = await SqliteStore.open({ path });
  const { id: flowId } = await seedFlow(store, "long-loop");
  const parameters = { kind: "inline", text: JSON.stringify({ steps: STEPS }) } as const;
  const init = {
    id: uuidv7(),
    flowId,
    flowName: "long-loop",
    idempotencyKey: "long",
    parameters,
    runCount: 1,
  };
  const run = newRun(init, "CRASHED", undefined);
  await store.findOrCreateRun({ run, history: [run.state] });
  const recorded = STEPS - LEFT;
  for (let from = 0; from < recorded; from += 20_000) {
    const count = Math.min(20_000, recorded - from);
    const ops = Array.from(
      { length: count },
      (_, offset) => ({ op: "entry", entry: added(run.id, from + offset) }) as const,
    );
    await store.commit([{ runId: run.id, fence: run.fence, ops }]);
  }
  await store.close();
  return run.id;
}

function added(runId: string, index: number): JournalEntry {
  return newEntry(runId, index, {
    kind: "step",
    name: "add",
    dynamicKey: String(index),
    done: index,
    flowRunCount: 1,
    runCount: 1,
    stateType: "COMPLETED",
    stateName: "Completed",
    endAt: 1,
    result: { kind: "inline", text: String(index) },
  });
}

it("resumes a run of a million steps without holding its history", { timeout: 240_000 }, async () => {
  const home = newFolder("million-");
  const id = await writeHistory(join(home, "segno.db"));
  const program = join(import.meta.dirname, "program.ts");
  const command = [
    "--max-old-space-size=160",
    "--conditions=development",
    "--import",
    "tsx",
    program,
    String(STEPS),
  ];
  const env = { ...process.env, SEGNO_HOME: home };
  const { stdout } = await promisify(execFile)(process.execPath, command, { env });
  const { sum, peak, ms } = JSON.parse(stdout) as { sum: number; peak: number; ms: number };
  expect(sum).toBe((STEPS * (STEPS - 1)) / 2);
  expect(peak).toBeLessThan(120 * MiB);
  const store = await SqliteStore.open({ path: join(home, "segno.db") });
  const last = await store.readEntries({ flowRunId: id, scope: "", after: STEPS - LEFT - 1, limit: 10 });
  expect(last.map((entry) => entry.result)).toEqual(
    Array.from({ length: LEFT }, (_, left) => ({ kind: "inline", text: String(STEPS - LEFT + left) })),
  );
  await store.close();
  console.log(
    `resumed ${STEPS} steps in ${(ms / 1000).toFixed(1)} s, heap at most ${Math.round(peak / MiB)} MiB`,
  );
});
