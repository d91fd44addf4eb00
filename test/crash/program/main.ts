import { flows, isFlowName } from "./flows.ts";
import { note } from "./side.ts";

/** `main.js <flow>…`: starts the flows at once, or goes on with them where a process before this one died. */
const names = process.argv.slice(2).filter(isFlowName);

note({ at: "begin", pid: process.pid });
process.stdout.write("ready\n");
await Promise.all(
  names.map(async (name) => {
    const fixed = await flows[name].run({ idempotencyKey: "crash" });
    note({ at: "answer", flow: name, fixed });
  }),
);
