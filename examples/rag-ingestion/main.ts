/**
 * The retrieval pipeline on real documents: load, chunk, embed under a limit, store; then three questions.
 *
 *     npm run demo                 ten State of the Union addresses, a model that runs on this machine
 *     npm run demo                 again: the embeddings come from the cache
 *     npm run demo -- --crash      the process is killed in the middle, and started again
 *     npm run demo -- --fresh      forget everything first
 *     npm run demo -- --years 1790,1862
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { LANDMARK_YEARS } from "./documents.ts";

const { values } = parseArgs({
  options: {
    crash: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    years: { type: "string" },
    // What --crash gives to the processes that it starts; of use by hand, too.
    "idempotency-key": { type: "string" },
    "kill-after": { type: "string" },
  },
});

// The demo keeps its runs beside itself; set before anything is imported that could read it.
const givenHome = process.env.SEGNO_HOME;
if (values.fresh && givenHome) throw new Error(`--fresh would delete ${givenHome}; unset SEGNO_HOME`);
const ownHome = givenHome ?? fileURLToPath(new URL(".segno", import.meta.url));
const home = values.crash ? join(ownHome, "crash-demo") : ownHome;
process.env.SEGNO_HOME = home;
// Log lines go to the store (`segno flow-run logs`) and not between the lines that show the progress.
process.env.SEGNO_LOGGING_PRINT ??= "never";

// After a crash that has been recovered from, there would be nothing left to crash.
if (values.fresh || values.crash) rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });

if (values.crash) {
  const { crashDemo } = await import("./crash.ts");
  await crashDemo({
    program: fileURLToPath(import.meta.url),
    args: values.years ? ["--years", values.years] : [],
    killAfter: Number(values["kill-after"] ?? 20),
    home,
  });
} else {
  const { demo } = await import("./demo.ts");
  await demo({
    home: relative(process.cwd(), home),
    years: values.years ? values.years.split(",").map(Number) : LANDMARK_YEARS,
    idempotencyKey: values["idempotency-key"],
    killAfter: values["kill-after"] ? Number(values["kill-after"]) : undefined,
  });
}
