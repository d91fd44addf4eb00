import { describe, expect, test } from "vitest";
import { anInitial, aState, countingIds, details, HOUR, NOW, PERSISTED } from "../fixtures/samples.ts";
import { decideTask } from "../fixtures/tasks.ts";
import { orchestrateTaskRunAsync } from "../task-run.ts";

describe("the cache", () => {
  const cached = anInitial("COMPLETED", { name: "Completed", data: PERSISTED, details: { cacheKey: "key" } });
  const proposed = aState("RUNNING", { details: { cacheKey: "key" } });

  test("gives a fresh copy of the stored state", () => {
    const answer = decideTask({ proposed, facts: { cachedState: cached } });
    expect(answer.state).toMatchObject({
      id: "id-1",
      type: "COMPLETED",
      name: "Cached",
      timestamp: NOW,
      data: PERSISTED,
    });
    expect(answer.changes).toMatchObject({ endAt: NOW });
    expect(answer.effects.map(({ kind }) => kind)).not.toContain("insert-cache");
  });

  test("is asked for the key, and not without one", async () => {
    const asked: string[] = [];
    const oracle = {
      tagSlots: () => ({ outcome: "taken" }) as const,
      cachedState: ({ cacheKey }: { cacheKey: string }) => (asked.push(cacheKey), null),
    };
    const base = { initial: null, now: NOW, newId: countingIds(), run: { id: "task" } };
    await orchestrateTaskRunAsync({ ...base, proposed }, oracle);
    await orchestrateTaskRunAsync({ ...base, proposed: aState("RUNNING") }, oracle);
    expect(asked).toEqual(["key"]);
  });

  test("keeps what completes under a key", () => {
    const complete = (given: object) =>
      decideTask({ initial: anInitial("RUNNING"), proposed: details(given)(aState("COMPLETED")) }).effects;
    expect(complete({ cacheKey: "key", cacheExpiration: NOW + HOUR })).toEqual([
      { kind: "insert-cache", cacheKey: "key", expiration: NOW + HOUR, stateId: "completed-id" },
    ]);
    expect(complete({ cacheKey: "key" })).toMatchObject([{ kind: "insert-cache", expiration: null }]);
    expect(complete({})).toEqual([]);
  });

  test("takes a key of 2000 characters", () => {
    const proposed = details({ cacheKey: "k".repeat(2000) })(aState("COMPLETED"));
    expect(decideTask({ initial: anInitial("RUNNING"), proposed })).toMatchObject({
      status: "ACCEPT",
      effects: [{ kind: "insert-cache" }],
    });
  });

  test("refuses a key that is too long, but not the result", () => {
    const long = aState("COMPLETED", { data: PERSISTED, details: { cacheKey: "k".repeat(11) } });
    const answer = decideTask({
      initial: anInitial("RUNNING"),
      proposed: long,
      settings: { maxCacheKeyLength: 10 },
    });
    expect(answer).toMatchObject({
      status: "REJECT",
      stored: true,
      state: { id: long.id, type: "COMPLETED" },
    });
    expect(answer.effects.map(({ kind }) => kind)).toEqual(["store-result"]);
  });
});
