import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { everyPage, now, openWorld, type World } from "./fixtures/world.ts";
import type { VariableRow } from "./repositories.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.store.close());

function variable(name: string, value: unknown, init: Partial<VariableRow> = {}): VariableRow {
  return { id: uuidv7(), name, value, tags: [], createdAt: now(), updatedAt: now(), ...init };
}

test.each([
  ["text", "x"],
  ["zero", 0],
  ["nothing", null],
  ["object", { a: [1, { b: true }] }],
])("a value that is %s comes back as it was", async (name, value) => {
  const { variables } = world.repositories;
  await variables.set(variable(name, value), { overwrite: false });
  expect((await variables.get(name))?.value).toEqual(value);
});

test("a second write keeps the id and the time of the first", async () => {
  const { variables } = world.repositories;
  const first = await variables.set(variable("rate", 1, { tags: ["a"] }), { overwrite: false });
  const second = await variables.set(variable("rate", 2, { tags: ["b"] }), { overwrite: true });
  expect(second).toMatchObject({ id: first.id, createdAt: first.createdAt, value: 2, tags: ["b"] });
  expect(await variables.get("rate")).toEqual(second);
});

test("without overwrite a name that is there is refused and stays", async () => {
  const { variables } = world.repositories;
  await variables.set(variable("fixed", 1), { overwrite: false });
  await expect(variables.set(variable("fixed", 2), { overwrite: false })).rejects.toMatchObject({
    code: "SEGNO_VARIABLE_EXISTS",
  });
  expect((await variables.get("fixed"))?.value).toBe(1);
});

test("unset says whether there was one", async () => {
  const { variables } = world.repositories;
  await variables.set(variable("gone", 1), { overwrite: false });
  expect(await variables.unset("gone")).toBe(true);
  expect(await variables.get("gone")).toBeNull();
  expect(await variables.unset("gone")).toBe(false);
});

test("the list is by name, page by page", async () => {
  const { variables } = world.repositories;
  for (const name of ["z-c", "z-a", "z-b"]) await variables.set(variable(name, 1), { overwrite: true });
  const { rows } = await everyPage((after) => variables.list({ limit: 2, after }));
  const names = rows.map((row) => row.name);
  expect(names.filter((name) => name.startsWith("z-"))).toEqual(["z-a", "z-b", "z-c"]);
  expect(names).toEqual(names.toSorted());
});

test.each([
  ["My Name", /"My Name"; expected 1 to 255 lower case letters[^]*"my-name" would do/],
  ["", /""; expected 1 to 255/],
  ["a".repeat(256), /256 characters long/],
])("the name %j is refused", async (name, message) => {
  const write = world.repositories.variables.set(variable(name, 1), { overwrite: true });
  await expect(write).rejects.toMatchObject({
    code: "SEGNO_INVALID_VARIABLE_NAME",
    message: expect.stringMatching(message) as string,
  });
});

const circular: Record<string, unknown> = {};
circular["self"] = circular;

test.each([
  ["too long", "x".repeat(4999), /is 5001 characters of JSON; expected JSON of at most 5000/],
  ["circular", circular, /is not JSON: .*circular/i],
  ["a function", () => 1, /is function, which JSON cannot hold/],
  ["undefined", undefined, /is undefined, which JSON cannot hold/],
  ["a bigint", 1n, /is not JSON: .*BigInt/],
])("a value that is %s is refused", async (_, value, message) => {
  const write = world.repositories.variables.set(variable("bad", value), { overwrite: true });
  await expect(write).rejects.toMatchObject({
    code: "SEGNO_INVALID_VARIABLE_VALUE",
    message: expect.stringMatching(message) as string,
  });
  expect(await world.repositories.variables.get("bad")).toBeNull();
});

test("a value of exactly 5000 characters is taken", async () => {
  await world.repositories.variables.set(variable("just", "x".repeat(4998)), { overwrite: true });
  expect((await world.repositories.variables.get("just"))?.value).toHaveLength(4998);
});
