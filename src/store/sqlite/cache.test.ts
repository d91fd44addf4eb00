import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newFolder } from "../../../test/support/folder.ts";
import type { CacheRepository } from "../repositories/cache.ts";
import type { CacheRow } from "../store.ts";
import { sqliteCache } from "./cache.ts";
import type { Database } from "./driver.ts";
import { openSide } from "./fixtures/open-side.ts";

let db: Database;
let cache: CacheRepository;

beforeAll(async () => {
  const side = await openSide(join(newFolder(), "store.db"));
  db = side.db;
  cache = sqliteCache(db, side.patience);
});

afterAll(() => db.close());

beforeEach(() => {
  for (const table of ["task_cache", "cache_lock", "executor"]) db.exec(`delete from ${table}`);
});

const row = (given: Partial<CacheRow> = {}): CacheRow => ({
  key: "k",
  result: { kind: "inline", text: "1" },
  taskRunId: "t",
  expiresAt: null,
  createdAt: 10,
  ...given,
});

describe("a cached value", () => {
  it("comes back as it was put, inline or by reference", async () => {
    const ref = { key: "ab", size: 7, serializer: "json", storage: "local" };
    const large = row({ key: "large", result: { kind: "ref", ref }, taskRunId: null, expiresAt: 99 });
    await cache.put(row());
    await cache.put(large);
    expect(await cache.get("k", 50)).toEqual(row());
    expect(await cache.get("large", 50)).toEqual(large);
    expect(await cache.get("none", 50)).toBeNull();
  });

  it("is replaced whole by the next one with its key", async () => {
    const ref = { key: "ab", size: 7, serializer: "json", storage: "local" };
    await cache.put(row({ result: { kind: "ref", ref }, expiresAt: 99 }));
    await cache.put(row({ createdAt: 11, taskRunId: null }));
    expect(await cache.get("k", 200)).toEqual(row({ createdAt: 11, taskRunId: null }));
  });

  it("is gone at the moment it expires", async () => {
    await cache.put(row({ expiresAt: 100 }));
    expect(await cache.get("k", 99)).not.toBeNull();
    expect(await cache.get("k", 100)).toBeNull();
  });

  it("is deleted once", async () => {
    await cache.put(row());
    expect(await cache.delete("k")).toBe(true);
    expect(await cache.delete("k")).toBe(false);
  });

  it("is swept when it has expired, the longest ago first, as many as asked", async () => {
    for (const at of [30, 10, 20, 40]) await cache.put(row({ key: `k${at}`, expiresAt: at }));
    await cache.put(row({ key: "for ever" }));
    expect(await cache.sweep(30, 2)).toBe(2);
    expect(await cache.get("k30", 0)).not.toBeNull();
    expect(await cache.sweep(30, 2)).toBe(1);
    expect(await cache.sweep(30, 2)).toBe(0);
    expect(await cache.get("k40", 0)).not.toBeNull();
    expect(await cache.get("for ever", 1e15)).not.toBeNull();
  });
});

describe("a lock", () => {
  const ask = (holder: string, now: number, expiresAt = now + 100, executorId: string | null = null) =>
    cache.lock({ key: "k", holder, executorId, now, expiresAt });

  it("is one holder's until its end", async () => {
    expect(await ask("a", 0)).toEqual({ locked: true });
    expect(await ask("b", 99)).toEqual({ locked: false, holder: "a" });
    expect(await ask("b", 100)).toEqual({ locked: true });
    expect(await cache.unlock("k", "a")).toBe(false);
    expect(await ask("c", 150)).toEqual({ locked: false, holder: "b" });
  });

  it("taken twice by one holder moves its end", async () => {
    await ask("a", 0);
    expect(await ask("a", 50)).toEqual({ locked: true });
    expect(await ask("b", 120)).toEqual({ locked: false, holder: "a" });
  });

  it("given back is free at once", async () => {
    await ask("a", 0);
    expect(await cache.unlock("k", "a")).toBe(true);
    expect(await ask("b", 1)).toEqual({ locked: true });
  });

  it("is kept by its executor's heartbeat, which never shortens it", async () => {
    await ask("a", 0, 100, "x");
    await cache.renewLocks("x", 300);
    await cache.renewLocks("x", 200);
    await cache.renewLocks("y", 900);
    expect(await ask("b", 299)).toEqual({ locked: false, holder: "a" });
    expect(await ask("b", 300)).toEqual({ locked: true });
  });

  it("of one key says nothing about another", async () => {
    await ask("a", 0);
    const other = await cache.lock({ key: "other", holder: "b", executorId: null, now: 0, expiresAt: 1 });
    expect(other).toEqual({ locked: true });
  });

  it("that ends before it begins is refused", async () => {
    await expect(ask("a", 5, 5)).rejects.toMatchObject({ code: "SEGNO_INVALID_LEASE", name: "RefusedError" });
    expect(await ask("b", 5)).toEqual({ locked: true });
  });
});
