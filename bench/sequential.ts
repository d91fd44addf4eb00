import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flow, step, task } from "segno";
import { figure } from "./figure.ts";
import { percentileOf, repeated, timed } from "./measure.ts";
import type { Measurement } from "./measurement.ts";

/** Read from the page cache by the thread pool: about a millisecond of I/O that is no sleep. */
const READ_BYTES = 12 * 1024 * 1024;

const TARGET = { atMost: 0.3 };
const COMMIT = { id: "raw.commit.p50" };
const COMMIT_P99 = { id: "raw.commit.p99" };

type Call = (n: number) => Promise<unknown>;

/** A flow that awaits one durable call after another, and times each as its own code sees it. */
function loopOf(name: string, call: Call) {
  return flow({ name }, async ({ calls }: { calls: number }) => {
    const times: number[] = [];
    for (let n = 0; n < calls; n++) times.push(await timed(() => call(n)));
    return times;
  });
}

/** One durable step after another in one run: what a plain `await` in a flow costs. */
export const sequential: Measurement = {
  title: "Sequential durable steps of one run",
  async measure({ quick, folder, progress }) {
    const repeats = quick ? 1 : 5;
    const calls = quick ? 20 : 1000;
    const series = (name: string, count: number, call: Call) => {
      const loop = loopOf(name, call);
      return repeated(repeats, () => loop({ calls: count }));
    };
    progress("step()");
    const steps = await series("steps", calls, (n) => step("nothing", () => n));
    progress("task()");
    const nothing = task({ name: "nothing" }, (n: number) => n);
    const tasks = await series("tasks", calls, (n) => nothing(n));
    progress("a task with I/O");
    const file = await someFile(folder);
    const into = Buffer.alloc(READ_BYTES);
    const read = () => readAll(file, into);
    const count = quick ? 10 : 200;
    const bare = await repeated(repeats, () => bareReads(read, count));
    const readTask = task({ name: "read" }, read);
    const reading = await series("reads", count, () => readTask());
    await file.close();
    return [
      figure("sequential.step.p50", "step(), p50", "ms", percentileOf(steps, 0.5), {
        limit: COMMIT,
        target: TARGET,
      }),
      figure("sequential.step.p99", "step(), p99", "ms", percentileOf(steps, 0.99), { limit: COMMIT_P99 }),
      figure("sequential.task.p50", "task(), p50", "ms", percentileOf(tasks, 0.5), {
        limit: COMMIT,
        target: TARGET,
      }),
      figure("sequential.task.p99", "task(), p99", "ms", percentileOf(tasks, 0.99), { limit: COMMIT_P99 }),
      figure("sequential.read.bare", "a read of about 1 ms alone, p50", "ms", percentileOf(bare, 0.5)),
      figure("sequential.read.p50", "task() with that read, p50", "ms", percentileOf(reading, 0.5)),
      figure("sequential.read.p99", "task() with that read, p99", "ms", percentileOf(reading, 0.99)),
      {
        id: "sequential.read.added",
        label: "what durability adds to it, p50",
        unit: "ms",
        value: percentileOf(reading, 0.5).median - percentileOf(bare, 0.5).median,
        limit: COMMIT,
      },
    ];
  },
};

async function someFile(folder: string): Promise<FileHandle> {
  const path = join(folder, "read");
  await writeFile(path, Buffer.alloc(READ_BYTES, "segno"));
  return open(path);
}

async function readAll(file: FileHandle, into: Buffer): Promise<number> {
  const { bytesRead } = await file.read(into, 0, READ_BYTES, 0);
  return bytesRead;
}

async function bareReads(read: () => Promise<number>, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push(await timed(read));
  return times;
}
