import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventRecord, LogLine } from "../../core/run.ts";
import { everyPage, newEntry, now, openWorld, type World } from "./fixtures/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

function line(message: string, init: Partial<LogLine> = {}): LogLine {
  return {
    id: uuidv7(),
    at: now(),
    level: 20,
    logger: "segno.flow_runs",
    message,
    flowRunId: null,
    taskRunId: null,
    ...init,
  };
}

test("a run's lines are oldest first, page by page, and the next look goes on after the last line", async () => {
  const run = await world.run();
  const { logs } = world.repositories;
  const lines = Array.from({ length: 2500 }, (_, i) => line(`line ${i}`, { flowRunId: run.id }));
  await logs.append(lines);
  await logs.append([line("of another run", { flowRunId: (await world.run()).id })]);
  const { rows, pages } = await everyPage((after) =>
    logs.list({ flowRunId: run.id }, { limit: 1000, after }),
  );
  expect(rows).toEqual(lines);
  expect(pages).toBe(3);

  const later = line("later", { flowRunId: run.id });
  await logs.append([later]);
  const next = await logs.list({ flowRunId: run.id }, { limit: 10, after: lines.at(-1)?.id ?? null });
  expect(next.rows).toEqual([later]);
});

test("lines are filtered by level and by task run", async () => {
  const run = await world.run();
  const task = newEntry(run.id, 0);
  const alone = newEntry(null, 0);
  await world.entries(task, alone);
  const { logs } = world.repositories;
  const debug = line("d", { flowRunId: run.id, level: 10 });
  const error = line("e", { flowRunId: run.id, level: 40, taskRunId: task.id });
  const outside = line("o", { taskRunId: alone.id });
  await logs.append([debug, error, outside]);
  expect((await logs.list({ flowRunId: run.id, minLevel: 30 }, { limit: 9 })).rows).toEqual([error]);
  expect((await logs.list({ taskRunId: task.id }, { limit: 9 })).rows).toEqual([error]);
  expect((await logs.list({ taskRunId: alone.id }, { limit: 9 })).rows).toEqual([outside]);
});

test("a line or an event written twice stands once", async () => {
  const run = await world.run();
  const once = line("once", { flowRunId: run.id });
  await world.repositories.logs.append([once]);
  await world.repositories.logs.append([once]);
  await world.repositories.logs.append([]);
  expect((await world.repositories.logs.list({ flowRunId: run.id }, { limit: 9 })).rows).toEqual([once]);
});

test("events are newest first and found by name and by resource", async () => {
  const { events } = world.repositories;
  const event = (name: string, resource: string, payload: unknown = null): EventRecord => ({
    id: uuidv7(),
    occurred: now(),
    event: name,
    resource: { "prefect.resource.id": resource },
    related: [{ "prefect.resource.role": "flow" }],
    payload,
    follows: null,
  });
  const made = [event("a.b", "r1", { n: 1 }), event("a.b", "r2"), event("c", "r1")];
  await events.append(made);
  await events.append(made);
  expect((await events.list({}, { limit: 9 })).rows).toEqual(made.toReversed());
  expect((await events.list({ event: "a.b" }, { limit: 1 })).rows).toEqual([made[1]]);
  expect((await events.list({ resourceId: "r1" }, { limit: 9 })).rows).toEqual([made[2], made[0]]);
});

test("flows are found by id and by name, newest first", async () => {
  const first = await world.flow("first");
  const second = await world.flow("second");
  const { flows } = world.repositories;
  expect(await flows.get(first.id)).toEqual(first);
  expect(await flows.getByName("second")).toEqual(second);
  expect(await flows.getByName("third")).toBeNull();
  const page = await flows.list({ limit: 1 });
  expect(page.rows).toEqual([second]);
  expect((await flows.list({ limit: 1, after: page.cursor })).rows).toEqual([first]);
});
