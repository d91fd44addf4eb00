import { setTimeout as pause } from "node:timers/promises";
import { flow, sleep, step, task } from "segno";

/**
 * `signalled.js <flow> <ms>`: a run that is busy for so many ms and says when; then told to stop, it
 * must not have rejected a promise, which would end the process in another way.
 */
const [name = "", ms = ""] = process.argv.slice(2);
const busy = () => process.stdout.write("busy\n");

const work = task({ name: "work" }, async (label: string) => {
  if (label === "last") busy();
  await pause(Number(ms));
  return label;
});

const failing = task({ name: "failing", retries: 1, retryDelay: Number(ms) }, async () => {
  busy();
  if (Number(ms) > 0) throw new Error("not now");
  return "worked";
});

const child = flow({ name: "child" }, async () => {
  // Nobody waits for this one, so nobody would catch its rejection.
  const alone = work("alone");
  await step("before", () => 1);
  return [await work("last"), await alone];
});

let attempts = 0;

const flows = {
  parallel: flow({ name: "parallel" }, async () => {
    const first = await step("first", () => "first");
    return [
      first,
      ...(await Promise.all([work("one"), sleep(Number(ms)).then(() => "slept"), work("last")])),
    ];
  }),
  nested: flow({ name: "nested" }, async () => {
    const beside = work("beside");
    return [await child(), await beside].flat();
  }),
  retrying: flow({ name: "retrying" }, () => failing()),
  waiting: flow({ name: "waiting", retries: 1, retryDelay: Number(ms) }, async () => {
    if (Number(ms) > 0 && attempts++ === 0) {
      setTimeout(busy, 50);
      throw new Error("not now");
    }
    return "worked";
  }),
};

if (process.env["OWN_HANDLER"] === "yes") {
  process.on("SIGTERM", () => setTimeout(() => process.exit(7), 1500));
}
const flowOf = (text: string) => flows[text as keyof typeof flows];
const answer = await flowOf(name).run({ idempotencyKey: "signalled" });
process.stdout.write(`answer ${JSON.stringify(answer)}\n`);
