import { describe, expect, test } from "vitest";
import * as segno from "../../src/index.ts";
import { closeSegno, flow, step } from "../../src/index.ts";
import { ownStore } from "../support/own-store.ts";
import { CALLS } from "./calls.ts";
import { DEFINITIONS } from "./definitions.ts";
import { expectRefused } from "./refused.ts";
import type { Row } from "./row.ts";
import { SERVICES } from "./services.ts";
import { pictureOfStore } from "./store-picture.ts";

ownStore();

const ROWS: readonly Row[] = [...DEFINITIONS, ...CALLS, ...SERVICES];

/** Functions that no argument can be wrong for: they have none, or take whatever there is. */
const TAKES_ANYTHING = [
  "allowFailure",
  "quote",
  "unmapped",
  "isFuture",
  "closeSegno",
  "getControl",
  "getClient",
  "getTransaction",
  "random",
  "uuid",
  "NonRetryable",
];
/** Values of which nothing is called, and errors that are made by the engine. */
const NOT_CALLED = ["ERROR_CATALOGUE", "runtime", "clock", "FLOW_PARAMETERS", "RUN_ID", "NO_CACHE"];
const ERRORS = [
  "CancelledError",
  "LeaseLostError",
  "RefusedError",
  "ReplayError",
  "SegnoError",
  "StoppedError",
  "StoreError",
  "TimedOutError",
];

test("every public function is in the table", () => {
  const known = new Set([...ROWS.map(({ of }) => of), ...TAKES_ANYTHING, ...NOT_CALLED, ...ERRORS]);
  expect(Object.keys(segno).filter((name) => !known.has(name))).toEqual([]);
});

describe.for([...new Set(ROWS.map(({ of }) => of))])("%s", (of) => {
  const rows = ROWS.filter((row) => row.of === of);

  test.for(rows.map((row) => [row.about, row.in ?? "nowhere", row] as const))(
    "refuses %s (%s)",
    async ([, , row]) => {
      const home = process.env["SEGNO_HOME"] ?? "";
      const withRuns = row.in === undefined;
      const error = await errorOf(row);
      expectRefused(error, row);
      await closeSegno();
      expect(pictureOfStore(home, { withRuns })).toEqual({ files: 0 });
    },
  );
});

/** What the call of a row throws, in the place that the row names. */
async function errorOf(row: Row): Promise<unknown> {
  const attempt = async (): Promise<unknown> => {
    try {
      return { nothing: "was thrown", but: await row.call() };
    } catch (error) {
      return error;
    }
  };
  if (row.in === undefined) return attempt();
  let caught: unknown;
  const keep = async () => {
    caught = await attempt();
  };
  await flow({ name: "wrong" }, async () => {
    await (row.in === "flow" ? keep() : step("wrong", keep));
  })();
  return caught;
}
