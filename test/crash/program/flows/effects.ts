import { setTimeout as pause } from "node:timers/promises";
import {
  concurrency,
  createMarkdownArtifact,
  createTableArtifact,
  emitEvent,
  flow,
  setConcurrencyLimit,
  task,
  variables,
} from "segno";
import { got, started } from "../side.ts";
import { worked } from "../work.ts";

const limited = task({ name: "limited", tags: ["crash-tag"] }, async (key: string, ms: number) => {
  started(key);
  return concurrency("crash-in-tasks", async () => {
    await pause(ms);
    return key;
  });
});

/** What a flow's body does to the world through Segno: exactly once; and slots, which come back. */
export const effects = flow({ name: "effects" }, async () => {
  await setConcurrencyLimit("crash-in-body", 1);
  await setConcurrencyLimit("crash-in-tasks", 2);
  await setConcurrencyLimit("tag:crash-tag", 3);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    ids.push(
      await got(`effects/markdown-${i}`, createMarkdownArtifact({ key: "crash", markdown: `*${i}*` })),
    );
    await got(`effects/event-${i}`, emitEvent({ event: `crash.${i}`, resource: "crash.flow" }));
    await worked(`effects/work-${i}`, 5);
  }
  await variables.set("crash_count", 1, { overwrite: true });
  const count = await got("effects/variable", variables.get("crash_count", 0));
  await variables.set("crash_count", count + 1, { overwrite: true });
  await Promise.all([
    concurrency("crash-in-body", () => worked("effects/held-1", 15)),
    concurrency("crash-in-body", () => worked("effects/held-2", 5)),
    createTableArtifact({ key: "crash-table", table: [{ row: 1 }] }),
    emitEvent({ event: "crash.parallel", resource: "crash.flow" }),
  ]);
  const keys = Array.from({ length: 6 }, (_, index) => `effects/limited-${index}`);
  const done = await Promise.all(keys.map((key, index) => got(key, limited(key, 4 + index * 3))));
  return { artifacts: new Set(ids).size, done, count: await variables.get("crash_count", 0) };
});
