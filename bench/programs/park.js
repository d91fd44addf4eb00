import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { flow, sleep, task } from "segno";

/** `<runs>`: starts so many runs that sleep, and prints by how many bytes heap and process grew. */
const runs = Number(process.argv[2]);

setFlagsFromString("--expose-gc");
const collect = /** @type {() => void} */ (runInNewContext("gc"));

const nothing = task({ name: "nothing" }, (/** @type {number} */ n) => n);

/** @typedef {{ first: number, duration: number | "1h" }} Parking */
const parked = flow({ name: "parked" }, async (/** @type {Parking} */ { first, duration }) => {
  await nothing(first);
  await sleep(duration);
});

async function settled() {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

// The store, the code and SQLite's page cache are there before the first measurement.
await Promise.all(Array.from({ length: runs / 10 }, (_, first) => parked({ first, duration: 1 })));
const before = await settled();
for (let first = 0; first < runs; first++) void parked({ first, duration: "1h" });
await new Promise((resolve) => setTimeout(resolve, 1000));
const after = await settled();
const answer = JSON.stringify({ heap: after.heap - before.heap, rss: after.rss - before.rss });
process.stdout.write(answer, () => process.kill(process.pid, "SIGKILL"));
