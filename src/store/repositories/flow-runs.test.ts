import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyPage, openWorld, type World } from "./fixtures/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id);

describe("list", () => {
  test("is newest first, page by page, without a gap or a repeat", async () => {
    const made = [];
    for (let i = 0; i < 25; i++) made.push(await world.run({ flow: "paged" }));
    const { rows, pages } = await everyPage((after) =>
      world.repositories.flowRuns.list({ flowName: "paged" }, { limit: 10, after }),
    );
    expect(ids(rows)).toEqual(ids(made.toReversed()));
    expect(pages).toBe(3);
  });

  test("a page that ends exactly at the last row has no cursor", async () => {
    for (let i = 0; i < 3; i++) await world.run({ flow: "exact" });
    const page = await world.repositories.flowRuns.list({ flowName: "exact" }, { limit: 3 });
    expect(page.rows).toHaveLength(3);
    expect(page.cursor).toBeNull();
  });

  test("several state types are merged in order and paged", async () => {
    const types = ["FAILED", "CRASHED", "COMPLETED", "FAILED", "CRASHED", "FAILED"] as const;
    const made = [];
    for (const type of types) made.push(await world.run({ flow: "states", type }));
    const wanted = made.filter((run) => run.state.type !== "COMPLETED").toReversed();
    const { rows } = await everyPage((after) =>
      world.repositories.flowRuns.list(
        { flowName: "states", stateTypes: ["FAILED", "CRASHED"] },
        { limit: 2, after },
      ),
    );
    expect(ids(rows)).toEqual(ids(wanted));
    const none = await world.repositories.flowRuns.list({ flowName: "states", stateTypes: [] }, { limit: 2 });
    expect(none.rows).toEqual([]);
  });

  test("filters by state name, part of a name whatever its case, and time", async () => {
    const late = await world.run({
      flow: "f",
      type: "SCHEDULED",
      stateName: "Late",
      name: "Nightly 50%_run",
    });
    const plain = await world.run({ flow: "f", name: "other", startAt: 5_000_000 });
    const list = async (
      filter: Parameters<World["repositories"]["flowRuns"]["list"]>[0],
    ): Promise<string[]> =>
      ids((await world.repositories.flowRuns.list({ flowName: "f", ...filter }, { limit: 10 })).rows);
    expect(await list({ stateNames: ["Late"] })).toEqual([late.id]);
    expect(await list({ nameLike: "NIGHTLY 50%_" })).toEqual([late.id]);
    expect(await list({ nameLike: "50_" })).toEqual([]);
    expect(await list({ startedBefore: 6_000_000 })).toEqual([plain.id]);
    expect(await list({ startedAfter: 6_000_000 })).toEqual([late.id]);
  });

  test("filters by every tag, exactly", async () => {
    const both = await world.run({ flow: "tags", tags: ["a", "b,c"] });
    await world.run({ flow: "tags", tags: ["b"] });
    const quoted = await world.run({ flow: "tags", tags: ['x,"b"', "A"] });
    const list = async (...tags: string[]): Promise<string[]> =>
      ids((await world.repositories.flowRuns.list({ flowName: "tags", tags }, { limit: 10 })).rows);
    expect(await list("a")).toEqual([both.id]);
    expect(await list("a", "b,c")).toEqual([both.id]);
    expect(await list("A")).toEqual([quoted.id]);
    expect(await list("b")).toHaveLength(1);
    expect(await list('x,"b"')).toEqual([quoted.id]);
    expect(await list("nope")).toEqual([]);
  });

  test("filters by parent: one, or none", async () => {
    const parent = await world.run({ flow: "family" });
    const child = await world.run({ flow: "family", parentFlowRunId: parent.id, rootFlowRunId: parent.id });
    const { flowRuns } = world.repositories;
    expect(
      ids((await flowRuns.list({ flowName: "family", parentFlowRunId: null }, { limit: 9 })).rows),
    ).toEqual([parent.id]);
    expect(ids((await flowRuns.list({ parentFlowRunId: parent.id }, { limit: 9 })).rows)).toEqual([child.id]);
    expect(ids(await world.repositories.flowRuns.children(parent.id))).toEqual([child.id]);
    expect(await world.repositories.flowRuns.count({ flowName: "family" })).toBe(2);
  });

  test("refuses a limit out of range and a cursor that is no text", async () => {
    const { flowRuns } = world.repositories;
    for (const limit of [0, 1001, 1.5, Number.NaN]) {
      await expect(flowRuns.list({}, { limit })).rejects.toMatchObject({
        code: "SEGNO_INVALID_PAGE",
        message: expect.stringContaining(
          `limit is ${limit}; expected a whole number from 1 to 1000`,
        ) as string,
      });
    }
    await expect(flowRuns.list({}, { limit: 1, after: 7 as unknown as string })).rejects.toMatchObject({
      code: "SEGNO_INVALID_PAGE",
    });
  });
});

describe("resolve", () => {
  test("by id, by the beginning of an id, by name", async () => {
    const run = await world.run({ id: "deadbeef-0000-7000-8000-000000000001", name: "brave-otter" });
    const { flowRuns } = world.repositories;
    expect((await flowRuns.resolve(run.id)).id).toBe(run.id);
    expect((await flowRuns.resolve("DEADBEEF-0000")).id).toBe(run.id);
    expect((await flowRuns.resolve("dead")).id).toBe(run.id);
    expect((await flowRuns.resolve("brave-otter")).id).toBe(run.id);
  });

  test("what means several is refused with all of them", async () => {
    const one = await world.run({ id: "cafe0000-0000-7000-8000-000000000001", name: "twin" });
    const two = await world.run({ id: "cafe0000-0000-7000-8000-000000000002", name: "twin" });
    for (const reference of ["cafe0000", "twin"]) {
      const error = await world.repositories.flowRuns.resolve(reference).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "SEGNO_AMBIGUOUS" });
      expect(String(error)).toContain(one.id);
      expect(String(error)).toContain(two.id);
    }
  });

  test("an unknown one is refused with the nearest names", async () => {
    const run = await world.run({ name: "gentle-heron" });
    const error = await world.repositories.flowRuns
      .resolve("gentel-heron")
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "SEGNO_NOT_FOUND" });
    expect(String(error)).toContain(`gentle-heron (${run.id})`);
    await expect(world.repositories.flowRuns.resolve("%")).rejects.toMatchObject({ code: "SEGNO_NOT_FOUND" });
    await expect(world.repositories.flowRuns.resolve("")).rejects.toMatchObject({ code: "SEGNO_NOT_FOUND" });
  });
});

test("a run is found by its flow and idempotency key", async () => {
  const run = await world.run({ flow: "keyed", idempotencyKey: "k1" });
  expect((await world.repositories.flowRuns.findByIdempotencyKey("keyed", "k1"))?.id).toBe(run.id);
  expect(await world.repositories.flowRuns.findByIdempotencyKey("other", "k1")).toBeNull();
  expect(await world.repositories.flowRuns.get("nope")).toBeNull();
});
