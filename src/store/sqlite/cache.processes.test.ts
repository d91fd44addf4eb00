import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Child } from "../../../test/support/child.ts";
import { newFolder } from "../../../test/support/folder.ts";
import { sqliteCache } from "./cache.ts";
import { openSide } from "./fixtures/open-side.ts";

const ASKER = join(import.meta.dirname, "fixtures", "cache-asker.ts");

it(
  "lets four processes that want the same keys compute each of them once",
  { timeout: 120_000 },
  async () => {
    const folder = newFolder();
    const path = join(folder, "store.db");
    const log = join(folder, "computed.log");
    (await openSide(path)).db.close();
    const children = [1, 2, 3, 4].map(() => new Child(ASKER, ["ask", path, log, "50"]));
    const answers = await Promise.all(children.map((child) => child.done()));

    expect(new Set(answers).size).toBe(1);
    const computed = readFileSync(log, "utf8").trimEnd().split("\n");
    expect(computed.sort()).toEqual(Array.from({ length: 50 }, (_, key) => `key-${key}`).sort());
  },
);

it("frees a killed process's lock when the lock ends, and when the executor's end is recorded", async () => {
  const path = join(newFolder(), "store.db");
  const { db, patience } = await openSide(path);
  const cache = sqliteCache(db, patience);
  const end = 4_000_000_000_000_000;
  const lock = (key: string, now: number) =>
    cache.lock({ key, holder: "me", executorId: null, now, expiresAt: end * 2 });
  db.exec("insert into executor (id, hostname, pid, started_at, expires_at) values ('dead', 'h', 1, 1, 2)");
  const first = new Child(ASKER, ["hold", path, "by-time", "other", String(end)]);
  const second = new Child(ASKER, ["hold", path, "by-executor", "dead", String(end)]);
  await Promise.all([first.printed("holding"), second.printed("holding")]);
  await Promise.all([first.kill(), second.kill()]);

  const theirs = { locked: false, holder: String(first.process.pid) };
  expect(await lock("by-time", end - 1)).toEqual(theirs);
  expect(await lock("by-time", end)).toEqual({ locked: true });
  expect(await lock("by-executor", end - 1)).toMatchObject({ locked: false });
  db.exec("update executor set ended_at = 3 where id = 'dead'");
  expect(await lock("by-executor", end - 1)).toEqual({ locked: true });
});
