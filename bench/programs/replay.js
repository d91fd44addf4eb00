import { flow, resumeFlowRun, step } from "segno";

/**
 * `record <steps>`: makes a run of so many steps and is killed before it ends; prints the run's id.
 * `replay <steps> <id>`: goes on with it and prints how long the recorded part took (ms) and how much
 * memory the process took at most (KiB), then is killed as well, so that the run can be replayed again.
 *
 * Recording calls a thousand steps at a time, to share commits; the journal is that of a loop, since
 * steps without I/O end in the order of their calls. Replaying awaits each before the next, as most
 * flows do: one turn of the event loop a step.
 */
const [mode, count, id = ""] = process.argv.slice(2);
const steps = Number(count);
const AT_ONCE = 1000;
let resumedAt = 0;

/**
 * @param {string} message
 * @returns {Promise<never>}
 */
function gone(message) {
  // Written in full before the process goes.
  process.stdout.write(`${message}\n`, () => process.kill(process.pid, "SIGKILL"));
  return new Promise(() => undefined);
}

async function record() {
  for (let n = 0; n < steps; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, steps - n) }, (_, i) => step("step", () => n + i));
    await Promise.all(some);
  }
}

/** @returns {number} */
function notAgain() {
  throw new Error("this step was recorded and must not run");
}

async function replay() {
  for (let n = 0; n < steps; n++) {
    const value = await step("step", notAgain);
    if (value !== n) throw new Error(`step ${n} gave ${value}`);
  }
}

let runId = id;
const long = flow({ name: "long" }, async () => {
  if (mode === "record") {
    await record();
    return gone(runId);
  }
  await replay();
  const ms = performance.now() - resumedAt;
  return gone(JSON.stringify({ ms, memory: process.resourceUsage().maxRSS }));
});

if (mode === "record") {
  await long.run({
    onRun: (run) => {
      runId = run.id;
    },
  });
} else {
  resumedAt = performance.now();
  await resumeFlowRun(id);
}
