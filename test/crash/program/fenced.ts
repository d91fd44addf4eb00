import { setTimeout as pause } from "node:timers/promises";
import { createMarkdownArtifact, flow, resumeFlowRun, SegnoError, task } from "segno";

/**
 * `fenced.js run <steps>`, `fenced.js take-over <run id>`: a run that says on which step it is, and
 * whose every result names the process that made it.
 */
const [command, argument = ""] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

const work = task({ name: "work" }, async (index: number) => {
  await pause(20);
  return { index, by: process.pid };
});

const child = flow({ name: "fenced-child" }, async ({ from, to }: { from: number; to: number }) => {
  const done: { index: number; by: number }[] = [];
  for (let index = from; index < to; index++) {
    done.push(await work(index));
    say(`step ${index}`);
  }
  return done;
});

const fenced = flow({ name: "fenced" }, async ({ steps }: { steps: number }) => {
  const first = await child({ from: 0, to: steps / 2 });
  await createMarkdownArtifact({ key: "half-way", markdown: String(process.pid) });
  const second = await Promise.all([
    child({ from: steps / 2, to: steps }),
    child({ from: steps, to: steps * 1.5 }),
  ]);
  return [first, ...second].flat();
});

try {
  const answer =
    command === "run"
      ? await fenced.run(
          { steps: Number(argument) },
          { idempotencyKey: "fenced", onRun: ({ id }) => say(`run ${id}`) },
        )
      : await resumeFlowRun(argument, { force: true });
  say(`answer ${JSON.stringify(answer)}`);
} catch (error) {
  say(`error ${error instanceof SegnoError ? error.code : String(error)}`);
}
