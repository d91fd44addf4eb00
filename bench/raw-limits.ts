import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import type { JournalEntry } from "../src/core/run.ts";
import { type Bindable } from "../src/store/columns.ts";
import { ENTRY_COLUMNS, entryToRow } from "../src/store/entry-rows.ts";
import { type Database, openDatabase } from "../src/store/sqlite/driver.ts";
import { migrate } from "../src/store/sqlite/migrate.ts";
import { figure } from "./figure.ts";
import { percentileOf, repeated, sampleOf } from "./measure.ts";
import type { Measurement } from "./measurement.ts";

/** Rows of one commit, when they come in batches. */
const BATCH = 1000;

/**
 * What the disk and SQLite can do on this machine, without Segno: the ceiling for everything else.
 *
 * The rows are those of a journal, in the journal's own table with its indexes; they are made before
 * the clock starts.
 */
export const rawLimits: Measurement = {
  title: "Raw limits of this machine",
  async measure({ quick, folder, progress }) {
    const repeats = quick ? 1 : 5;
    progress("fsync");
    const fsyncs = await repeated(repeats, () => appends(folder, quick ? 20 : 200));
    const db = await journal(folder);
    progress("one-row commits");
    const commits = await repeated(repeats, () => oneRowCommits(db, quick ? 20 : 500));
    progress("batched rows");
    const batches = quick ? 1 : 25;
    const one = await repeated(quick ? 1 : 3, () => rowsPerSecond(db, batches, 1));
    progress("batched rows of 256 runs");
    const many = await repeated(quick ? 1 : 3, () => rowsPerSecond(db, batches, 256));
    db.close();
    return [
      figure("raw.fsync.p50", "append 4 KB and fsync, p50", "ms", percentileOf(fsyncs, 0.5), {
        alias: "fsync",
      }),
      figure("raw.fsync.p99", "append 4 KB and fsync, p99", "ms", percentileOf(fsyncs, 0.99)),
      figure("raw.commit.p50", "SQLite commit of one row, p50", "ms", percentileOf(commits, 0.5), {
        alias: "one-row commit",
        limit: { id: "raw.fsync.p50" },
      }),
      figure("raw.commit.p99", "SQLite commit of one row, p99", "ms", percentileOf(commits, 0.99), {
        alias: "one-row commit's p99",
      }),
      figure("raw.rows.1", `SQLite rows, ${BATCH} a commit, one run`, "/s", sampleOf(one), {
        alias: "raw rows",
      }),
      figure("raw.rows.256", `SQLite rows, ${BATCH} a commit, 256 runs`, "/s", sampleOf(many), {
        alias: "raw rows of 256 runs",
      }),
    ];
  },
};

function appends(folder: string, times: number): number[] {
  const file = openSync(join(folder, "appended"), "a");
  const block = Buffer.alloc(4096, "segno");
  try {
    return Array.from({ length: times }, () => {
      const started = performance.now();
      writeSync(file, block);
      fsyncSync(file);
      return performance.now() - started;
    });
  } finally {
    closeSync(file);
  }
}

async function journal(folder: string): Promise<Database> {
  const path = join(folder, "raw.db");
  const db = await openDatabase({ path, durability: "full", busyTimeout: 1000 });
  migrate(db, path);
  return db;
}

function statements(db: Database) {
  const places = ENTRY_COLUMNS.map(() => "?").join(", ");
  return {
    begin: db.prepare("begin immediate"),
    insert: db.prepare(`insert into task_run (${ENTRY_COLUMNS.join(", ")}) values (${places})`),
    commit: db.prepare("commit"),
  };
}

function oneRowCommits(db: Database, times: number): number[] {
  const { begin, insert, commit } = statements(db);
  const run = uuidv7();
  return Array.from({ length: times }, (_, seq) => {
    const row = journalRow(run, seq);
    const started = performance.now();
    begin.run();
    insert.run(...row);
    commit.run();
    return performance.now() - started;
  });
}

function rowsPerSecond(db: Database, batches: number, runs: number): number {
  const { begin, insert, commit } = statements(db);
  const ids = Array.from({ length: runs }, () => uuidv7());
  let ms = 0;
  for (let batch = 0; batch < batches; batch++) {
    const rows = Array.from({ length: BATCH }, (_, i) => {
      const n = batch * BATCH + i;
      return journalRow(ids[n % runs] ?? "", Math.floor(n / runs));
    });
    const started = performance.now();
    begin.run();
    for (const row of rows) insert.run(...row);
    commit.run();
    ms += performance.now() - started;
  }
  return (batches * BATCH * 1000) / ms;
}

/** A step that completed with a small value, as the engine would write it. */
function journalRow(flowRunId: string, seq: number): Bindable[] {
  const at = Date.now() * 1000;
  const entry: JournalEntry = {
    id: uuidv7(),
    flowRunId,
    kind: "step",
    name: "step",
    taskKey: "step",
    dynamicKey: String(seq),
    scope: "",
    seq,
    done: seq,
    flowRunCount: 1,
    runCount: 1,
    stateType: "COMPLETED",
    stateName: "Completed",
    stateAt: at,
    stateMessage: null,
    states: [
      ["RUNNING", "Running", at],
      ["COMPLETED", "Completed", at + 20],
    ],
    result: { kind: "inline", text: String(seq) },
    error: null,
    cacheKey: null,
    cacheExpiration: null,
    tags: [],
    inputs: null,
    heartbeat: null,
    startAt: at,
    endAt: at + 20,
    expectedStartAt: null,
    totalRunTime: 20,
    childFlowRunId: null,
  };
  return entryToRow(entry);
}
