import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Child } from "../../test/support/child.ts";
import { ownStore } from "../../test/support/own-store.ts";
import { flow, heartbeat, lastHeartbeat, resumeFlowRun, step, task } from "./index.ts";
import { getControl } from "./control.ts";

ownStore();

describe("heartbeat()", () => {
  it("tells the next attempt how far the last one came", async () => {
    const seen: unknown[] = [];
    const f = flow({ name: "beats" }, () =>
      step("index", { retries: 2 }, () => {
        seen.push(lastHeartbeat());
        for (let done = 1; done <= 10; done++) heartbeat({ done, at: new Date(done) });
        // What this attempt says does not change what it was told.
        seen.push(lastHeartbeat());
        if (seen.length < 5) throw new Error("again");
        return "done";
      }),
    );
    expect(await f()).toBe("done");
    const last = { done: 10, at: new Date(10) };
    expect(seen).toEqual([undefined, undefined, last, last, last, last]);
  });

  it("reaches the store while the task runs, the newest of a burst", async () => {
    const watched = task({ name: "watched" }, async () => {
      for (let done = 1; done <= 1000; done++) heartbeat({ done });
      for (;;) {
        await delay(5);
        const { taskRuns } = await (await getControl()).repositories();
        const { rows } = await taskRuns.list({ nameLike: "watched" }, { limit: 1 });
        if (rows[0]?.heartbeat === '{"done":1000}') return rows[0].stateName;
      }
    });
    expect(await flow({ name: "watches" }, () => watched())()).toBe("Running");
  });

  it("survives the process: the run that goes on elsewhere hears it", { timeout: 60_000 }, async () => {
    const script = join(import.meta.dirname, "fixtures", "beating.ts");
    const child = new Child(script);
    await child.printed("beaten");
    await child.kill();
    const { flowRuns, taskRuns } = await (await getControl()).repositories();
    const [run] = (await flowRuns.list({ flowName: "beating" }, { limit: 1 })).rows;
    const [entry] = (await taskRuns.list({ flowRunId: run?.id ?? "" }, { limit: 1 })).rows;
    expect(entry?.heartbeat).toBe('{"page":41}');

    await import("./fixtures/beating.ts");
    expect(await resumeFlowRun(run?.id ?? "")).toEqual({ page: 41 });
  });

  it("is for tasks, and for little", async () => {
    expect(() => heartbeat(1)).toThrow(expect.objectContaining({ code: "SEGNO_NO_RUN" }));
    const inBody = flow({ name: "body-beats" }, () => heartbeat(1));
    await expect(inBody()).rejects.toMatchObject({ code: "SEGNO_NO_TASK" });
    await expect(flow({ name: "body-reads" }, () => lastHeartbeat())()).rejects.toMatchObject({
      code: "SEGNO_NO_TASK",
    });
    const large = task({ name: "large-beat", retries: 3 }, () => heartbeat("x".repeat(70_000)));
    await expect(large()).rejects.toMatchObject({
      code: "SEGNO_HEARTBEAT_TOO_LARGE",
      facts: { size: 70_002, limit: 65_536 },
    });
    const wrong = task({ name: "wrong-beat" }, () => heartbeat(() => 1));
    await expect(wrong()).rejects.toMatchObject({ code: "SEGNO_UNSERIALIZABLE" });
  });
});
