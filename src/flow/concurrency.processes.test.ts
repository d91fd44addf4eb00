import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Child } from "../../test/support/child.ts";
import { newFolder } from "../../test/support/folder.ts";
import { ownStore } from "../../test/support/own-store.ts";
import { concurrency, flow, getConcurrencyLimit, setConcurrencyLimit, task } from "./index.ts";

const SEATS = join(import.meta.dirname, "fixtures", "seats.ts");

ownStore();

it("lets no more in than the limit says while four processes crowd at it", { timeout: 120_000 }, async () => {
  await setConcurrencyLimit("tag:seat", 3);
  const log = join(newFolder(), "seats.log");
  const children = [1, 2, 3, 4].map(() => new Child(SEATS, ["crowd", log, "20"]));
  await Promise.all(children.map((child) => child.done()));

  const marks = readFileSync(log, "utf8").trimEnd().split("\n");
  expect(marks.filter((mark) => mark === "+")).toHaveLength(4 * 3 * 20);
  let held = 0;
  let most = 0;
  for (const mark of marks) {
    held += mark === "+" ? 1 : -1;
    most = Math.max(most, held);
  }
  expect({ most, held }).toEqual({ most: 3, held: 0 });
  expect((await getConcurrencyLimit("tag:seat"))?.activeSlots).toBe(0);
});

it.each(["hold", "hold-tag", "hold-outside"])(
  "gives a slot back to who waits for it once the process that holds it (%s) was killed",
  { timeout: 60_000 },
  async (mode) => {
    await setConcurrencyLimit("tag:seat", 1);
    const child = new Child(SEATS, [mode]);
    await child.printed("holding");
    await expect(concurrency("tag:seat", { timeout: 50 }, () => 1)).rejects.toMatchObject({
      code: "SEGNO_SLOT_TIMEOUT",
    });

    const tagged = task({ name: "waits-tagged", tags: ["seat"] }, () => "task");
    const waiting = flow({ name: "waits" }, async () => [
      await concurrency("tag:seat", () => "body"),
      await tagged(),
    ])();
    await child.kill();
    // Its lease would stand for minutes.
    expect(await waiting).toEqual(["body", "task"]);
  },
);
