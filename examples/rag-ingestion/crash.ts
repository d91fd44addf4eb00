import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import pc from "picocolors";
import { closeSegno } from "segno";

import { keyOf, type LoggedCall, readCalls } from "./call-log.ts";
import { newestRunOf, taskRunsOf } from "./journal.ts";
import { QUESTIONS } from "./questions.ts";
import { formatTable, type TalliedRun } from "./run-table.ts";

const KEY = "crash-demo";

export interface CrashDemoOptions {
  /** The file to start, and its arguments. */
  program: string;
  args: readonly string[];
  /** Batches that are embedded before the first process kills itself. */
  killAfter: number;
  home: string;
}

/**
 * Starts the demo in a process of its own, which kills itself in the middle; starts it again with the
 * same key; and shows what was not done twice. Two witnesses are asked: the journal, and a file to
 * which the embedding model's calls were written.
 */
export async function crashDemo(options: CrashDemoOptions): Promise<void> {
  const { program, killAfter, home } = options;
  const args = [...process.execArgv, program, ...options.args, "--idempotency-key", KEY];
  const log = join(home, "calls.log");
  process.env.RAG_CALL_LOG = log;

  heading(`First process: to be killed when ${killAfter} batches are embedded`);
  const first = await run([...args, "--kill-after", String(killAfter)]);
  if (first.signal !== "SIGKILL")
    throw new Error(`expected SIGKILL, got ${first.signal ?? `exit ${first.code}`}`);
  console.log(`\n✗ process ${first.pid} was killed with SIGKILL: no handler ran, nothing was flushed`);
  const before = await recorded();

  heading("Second process: the same command");
  const second = await run(args);
  if (second.code !== 0) throw new Error(`the second process ended with ${second.signal ?? second.code}`);
  const after = await recorded();

  heading("What was not repeated");
  console.log(
    formatTable(["task", "runs", "done before", "of these again", "done after"], compare(before, after)),
  );
  const calls = readCalls(log).filter((call) => !QUESTIONS.map(keyOf).includes(call.key));
  const of = ({ pid }: { pid: number }): LoggedCall[] => calls.filter((call) => call.pid === pid);
  const twice = of(second).filter((call) => of(first).some(({ key }) => key === call.key)).length;
  console.log(`
The model's own log: ${of(first).length} batches before the kill, ${of(second).length} after it.
${twice} were embedded twice: they were under way when the process died.`);
}

interface Ended {
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
}

async function run(args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return { pid: child.pid ?? 0, code, signal };
}

/** The task runs of the demo's run as they stand now. */
async function recorded(): Promise<readonly TalliedRun[]> {
  const runs = await taskRunsOf((await newestRunOf("document-ingestion")).id);
  // The store is left alone while the other process has it.
  await closeSegno();
  return runs;
}

/** One row a task. A run was repeated if it had ended before and has another end, or another attempt, now. */
function compare(before: readonly TalliedRun[], after: readonly TalliedRun[]): string[][] {
  const doneBefore = new Map(before.filter((run) => run.endAt !== null).map((run) => [run.id, run]));
  return [...new Set(after.map((run) => run.taskKey))].map((name) => {
    const runs = after.filter((run) => run.taskKey === name);
    const kept = runs.filter((run) => doneBefore.has(run.id));
    const repeated = kept.filter((run) => {
      const earlier = doneBefore.get(run.id);
      return run.endAt !== earlier?.endAt || run.runCount !== earlier.runCount;
    });
    return [name, runs.length, kept.length, repeated.length, runs.length - kept.length].map(String);
  });
}

function heading(text: string): void {
  console.log(pc.bold(`\n━━ ${text} ${"━".repeat(Math.max(0, 90 - text.length))}\n`));
}
