import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Child } from "../../../test/support/child.ts";
import { newFolder } from "../../../test/support/folder.ts";
import { openSide } from "./fixtures/open-side.ts";
import { sqliteLimits } from "./limits.ts";

const HOLDER = join(import.meta.dirname, "fixtures", "limit-holder.ts");

async function newLimit(slots: number) {
  const folder = newFolder();
  const path = join(folder, "store.db");
  const { db, patience } = await openSide(path);
  const limits = sqliteLimits(db, patience);
  await limits.upsert({ id: "seats", name: "seats", limit: slots, now: 1 });
  return { path, log: join(folder, "held.log"), db, limits };
}

it(
  "lets no more in than the limit says while four processes hammer on it",
  { timeout: 120_000 },
  async () => {
    const { path, log, limits } = await newLimit(3);
    const children = [1, 2, 3, 4].map(() => new Child(HOLDER, ["hammer", path, log, "200"]));
    await Promise.all(children.map((child) => child.done()));

    const marks = readFileSync(log, "utf8").trimEnd().split("\n");
    expect(marks.filter((mark) => mark === "+")).toHaveLength(800);
    let held = 0;
    let most = 0;
    for (const mark of marks) {
      held += mark === "+" ? 1 : -1;
      most = Math.max(most, held);
    }
    expect(most).toBeLessThanOrEqual(3);
    expect(held).toBe(0);
    expect((await limits.get("seats"))?.activeSlots).toBe(0);
  },
);

it("gives a killed process's slots back when its lease ends, and when its executor's end is recorded", async () => {
  const { path, db, limits } = await newLimit(2);
  const end = 4_000_000_000_000_000;
  const acquire = (leaseId: string, now: number) =>
    limits.acquire({
      names: ["seats"],
      slots: 1,
      leaseId,
      holder: { type: "process", id: "me", executorId: null },
      now,
      expiresAt: end * 2,
      strict: true,
    });
  const insert = db.prepare(
    "insert into executor (id, hostname, pid, started_at, expires_at) values (?, 'h', 1, 1, 2)",
  );
  for (const executor of ["first", "second"]) insert.run(executor);
  const first = new Child(HOLDER, ["hold", path, "first", "1", String(end)]);
  const second = new Child(HOLDER, ["hold", path, "second", "1", String(end)]);
  await Promise.all([first.printed("holding"), second.printed("holding")]);
  await Promise.all([first.kill(), second.kill()]);

  // Both executors' heartbeats are long late, and still the slots are theirs.
  expect(await acquire("a", end - 1)).toMatchObject({ acquired: false, reason: "full", blockedBy: "seats" });
  db.prepare("update executor set ended_at = 3 where id = 'first'").run();
  expect(await acquire("b", end - 1)).toMatchObject({ acquired: true });
  expect(await acquire("c", end - 1)).toMatchObject({ acquired: false });
  expect(await acquire("d", end)).toMatchObject({ acquired: true });
});
