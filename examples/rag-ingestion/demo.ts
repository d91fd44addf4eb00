import { existsSync } from "node:fs";

import pc from "picocolors";
import { setConcurrencyLimit } from "segno";

import { addressesOf, titleOf } from "./documents.ts";
import { defaultModel } from "./embeddings.ts";
import { LOCAL_THREADS } from "./embeddings/local.ts";
import { ingest } from "./flow.ts";
import { taskRunsOf } from "./journal.ts";
import { answer, type Answer, QUESTIONS } from "./questions.ts";
import { formatTally, tallyOf } from "./run-table.ts";
import { vectorStore } from "./vector-store.ts";
import { watchRun } from "./watch-run.ts";

const INDEX = "addresses";

export interface DemoOptions {
  /** Where the runs are kept, for the hints at the end. */
  home: string;
  /** Of the addresses to take in. */
  years: readonly number[];
  /** Goes on with the run of this key, if there is one. */
  idempotencyKey?: string | undefined;
  /** Kills this process, as a power cut would, when so many batches are embedded. */
  killAfter?: number | undefined;
}

export async function demo(options: DemoOptions): Promise<void> {
  const { home, years, idempotencyKey, killAfter = Infinity } = options;
  const startedAt = performance.now();
  await setConcurrencyLimit("embeddings", LOCAL_THREADS);
  const paths = addressesOf(years);
  console.log(`${paths.length} State of the Union addresses → ${defaultModel()} → ${vectorStore().name}\n`);

  const { run, result } = await watchRun(
    (onRun) => ingest.run({ paths, index: INDEX }, { idempotencyKey, onRun }),
    (tasks) => {
      const embedded = tasks.find((task) => task.name === "embed-chunks")?.done ?? 0;
      if (embedded >= killAfter) process.kill(process.pid, "SIGKILL");
    },
  );
  console.log(`\nRun "${run.name}": ${result.chunks} chunks, ${result.vectors} vectors\n`);
  console.log(formatTally(tallyOf(await taskRunsOf(run.id))));

  for (const found of await answer({ questions: QUESTIONS, index: INDEX })) printAnswer(found);

  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const built = existsSync("dist/cli/main.js");
  console.log(`\nDone in ${seconds} s. To look further${built ? "" : " (after npm run build)"}:\n`);
  const commands = ["flow-run ls", `task-run ls --flow-run ${run.id}`, "artifact inspect ingestion"];
  for (const command of commands) console.log(`  SEGNO_HOME=${home} npx segno ${command}`);
}

function printAnswer({ question, passages }: Answer): void {
  console.log(`\n${pc.bold(question)}`);
  for (const { score, source, text } of passages) {
    const [first = "", ...rest] = wrap(`“${text.replaceAll(/\s+/g, " ")}”`, 96);
    console.log(`  ${score.toFixed(2)}  ${titleOf(source)}`);
    for (const line of [first, ...rest.slice(0, 2)]) console.log(pc.dim(`        ${line}`));
    if (rest.length > 2) console.log(pc.dim("        …"));
  }
}

/** Breaks a text into lines of at most so many characters, between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
