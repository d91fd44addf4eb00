import { describe, expect, test } from "vitest";
import { anInitial, aState, HOUR, NOW } from "../fixtures/samples.ts";
import { decideTask } from "../fixtures/tasks.ts";
import { SECOND } from "../settings.ts";

describe("slots of tags", () => {
  const run = { tags: ["db", "gpu"] };
  const given = { kind: "release-task-slots", taskRunId: "task", tags: run.tags };
  const taken = { tagSlots: { outcome: "taken" } } as const;

  test("are kept while the task runs or is being cancelled, and given back by any other state", () => {
    expect(decideTask({ run, facts: taken }).effects).toEqual([]);
    const leave = (to: "CANCELLING" | "COMPLETED" | "PAUSED") =>
      decideTask({ run, initial: anInitial("RUNNING"), proposed: aState(to) }).effects;
    expect(leave("CANCELLING")).toEqual([]);
    expect(leave("COMPLETED")).toEqual([given]);
    expect(leave("PAUSED")).toEqual([given]);
  });

  test("are given back when it turns out to be too early", () => {
    const initial = anInitial("SCHEDULED", { details: { scheduledTime: NOW + HOUR } });
    expect(decideTask({ run, initial, facts: taken })).toMatchObject({ status: "WAIT", effects: [given] });
  });

  test.each([
    [null, 0.9, 10],
    [2 * SECOND, 0.5, 1],
    [2 * SECOND, 0.9, 5],
    [2 * SECOND, 0, 1],
    [600 * SECOND, 0.9, 10],
  ])(
    "that are held %s µs on average are waited for (random %d) %d s",
    (averageOccupancy, random, seconds) => {
      const tagSlots = { outcome: "full", tags: ["db"], averageOccupancy } as const;
      const answer = decideTask({ run, facts: { tagSlots }, random: () => random });
      expect(answer).toMatchObject({ status: "WAIT", details: { delaySeconds: seconds } });
    },
  );
});
