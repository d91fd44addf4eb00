import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_STATE_NAME, isTerminal, makeState, STATE_TYPES } from "./state.ts";

test("four of the nine types are terminal", () => {
  expect(STATE_TYPES).toHaveLength(9);
  expect(STATE_TYPES.filter(isTerminal)).toEqual(["CANCELLED", "COMPLETED", "FAILED", "CRASHED"]);
});

test("every type has a name of its own, which is the type's word", () => {
  for (const type of STATE_TYPES) expect(DEFAULT_STATE_NAME[type].toUpperCase()).toBe(type);
});

test("a state is whole, whatever it is made of, and keeps what it is given", () => {
  const init = fc.record(
    {
      id: fc.uuid(),
      type: fc.constantFrom(...STATE_TYPES),
      timestamp: fc.nat(),
      name: fc.string(),
      message: fc.option(fc.string()),
      details: fc.constant({ cacheKey: "key" }),
      data: fc.jsonValue(),
    },
    { requiredKeys: ["id", "type", "timestamp"] },
  );
  fc.assert(
    fc.property(init, (given) => {
      const state = makeState(given);
      expect(state).toMatchObject(given);
      const defaults = { name: DEFAULT_STATE_NAME[given.type], message: null, details: {}, data: null };
      expect(state).toEqual({ ...defaults, ...given });
    }),
  );
});
