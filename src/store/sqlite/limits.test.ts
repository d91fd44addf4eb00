import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newFolder } from "../../../test/support/folder.ts";
import type { AcquireRequest, LimitRepository } from "../repositories/limits.ts";
import type { Database } from "./driver.ts";
import { LimitModel } from "./fixtures/limit-model.ts";
import { openSide } from "./fixtures/open-side.ts";
import { sqliteLimits } from "./limits.ts";

const SECOND = 1_000_000;
const START = 1_000 * SECOND;

let db: Database;
let limits: LimitRepository;
let clock = START;

beforeAll(async () => {
  const side = await openSide(join(newFolder(), "store.db"));
  db = side.db;
  limits = sqliteLimits(db, side.patience, () => clock);
});

afterAll(() => db.close());

beforeEach(() => empty());

function empty(): void {
  clock = START;
  for (const table of ["lease", "concurrency_limit", "executor"]) db.exec(`delete from ${table}`);
}

function endExecutor(id: string): void {
  const sql =
    "insert into executor (id, hostname, pid, started_at, expires_at, ended_at) values (?, 'h', 1, 1, 1, 2)";
  db.prepare(`${sql} on conflict(id) do nothing`).run(id);
}

let ids = 0;

function request(given: Partial<AcquireRequest> & { executorId?: string } = {}): AcquireRequest {
  const { executorId = null, ...rest } = given;
  return {
    names: ["a"],
    slots: 1,
    leaseId: `lease-${ids++}`,
    holder: { type: "task_run", id: "t", executorId },
    now: clock,
    expiresAt: clock + 60 * SECOND,
    strict: false,
    ...rest,
  };
}

const create = (name: string, limit: number, more: { slotDecayPerSecond?: number; active?: boolean } = {}) =>
  limits.upsert({ id: `id-${name}`, name, limit, now: clock, ...more });

describe("any sequence of calls", () => {
  const name = fc.constantFrom<string[]>("a", "b", "c");
  const names = fc.array(name, { minLength: 1, maxLength: 4 });
  const slots = fc.integer({ min: 1, max: 4 });
  const executor = fc.constantFrom("x", "y", null);
  // Quarters of a second, and rates that are powers of two: the model and the database then add up
  // the same binary fractions whatever the order.
  const ticks = fc.integer({ min: 0, max: 8 });
  const late = fc.constantFrom(0, 0, 0, 1, 2);
  const op = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant("acquire" as const),
        names,
        slots,
        executor,
        late,
        life: fc.integer({ min: 1, max: 24 }),
        strict: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ op: fc.constant("admit" as const), names, slots, late, strict: fc.boolean() }),
    },
    { weight: 3, arbitrary: fc.record({ op: fc.constant("release" as const), which: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant("renew" as const),
        which: fc.nat(),
        life: fc.integer({ min: 1, max: 24 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant("renewAll" as const),
        executor: fc.constantFrom("x", "y"),
        life: fc.integer({ min: 1, max: 24 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ op: fc.constant("endExecutor" as const), executor: fc.constantFrom("x", "y") }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        op: fc.constant("upsert" as const),
        name,
        limit: fc.integer({ min: 0, max: 5 }),
        decay: fc.constantFrom(undefined, 0, 0.5, 1, 2),
        active: fc.constantFrom(undefined, true, true, false),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("reset" as const), name }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("delete" as const), name }) },
    { weight: 6, arbitrary: fc.record({ op: fc.constant("wait" as const), ticks }) },
  );
  type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;
  const TICK = SECOND / 4;

  async function apply(step: Op, model: LimitModel, leases: string[]): Promise<void> {
    switch (step.op) {
      case "wait":
        clock += step.ticks * TICK;
        return;
      case "upsert": {
        const { limit, decay, active } = step;
        await limits.upsert({
          id: step.name,
          name: step.name,
          limit,
          now: clock,
          ...(decay === undefined ? {} : { slotDecayPerSecond: decay }),
          ...(active === undefined ? {} : { active }),
        });
        model.upsert(step.name, limit, clock, decay, active);
        return;
      }
      case "acquire": {
        const now = clock - step.late * TICK;
        const expiresAt = now + step.life * TICK;
        const { names: asked, slots: wanted, strict } = step;
        const holder = { type: "process" as const, id: "p", executorId: step.executor };
        const leaseId = `l-${leases.length}`;
        leases.push(leaseId);
        const asks = { names: asked, slots: wanted, leaseId, holder, now, expiresAt, strict };
        const answer = await limits.acquire(asks);
        expect(answer).toMatchObject(model.acquire(asks));
        if (!answer.acquired) return;
        for (const [one, limit] of model.limits) {
          // Whoever may rightly believe to hold a slot is counted: the limit holds for all of them.
          const counts = limit.decay === 0 && limit.active && asked.includes(one);
          if (counts) expect(model.believed(one, clock)).toBeLessThanOrEqual(limit.limit);
        }
        return;
      }
      case "admit": {
        const asks = {
          names: step.names,
          slots: step.slots,
          now: clock - step.late * TICK,
          strict: step.strict,
        };
        expect(await limits.admit(asks)).toMatchObject(model.admit(asks));
        return;
      }
      case "release": {
        const id = leases[step.which % Math.max(1, leases.length)] ?? "none";
        expect(await limits.release(id, clock)).toBe(model.release(id, clock));
        return;
      }
      case "renew": {
        const id = leases[step.which % Math.max(1, leases.length)] ?? "none";
        const end = clock + step.life * TICK;
        expect(await limits.renew(id, clock, end)).toBe(model.renew(id, end));
        return;
      }
      case "renewAll": {
        const end = clock + step.life * TICK;
        const moved = await limits.renewAll(step.executor, clock, end);
        expect([...moved].sort()).toEqual(model.renewAll(step.executor, end).sort());
        return;
      }
      case "endExecutor":
        endExecutor(step.executor);
        model.endedExecutors.add(step.executor);
        return;
      case "reset":
        expect(await limits.reset(step.name, clock)).toBe(model.reset(step.name, clock));
        return;
      case "delete":
        expect(await limits.delete(step.name)).toBe(model.delete(step.name));
        return;
    }
  }

  it("answers as the model does, keeps every limit, and gives every slot back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { minLength: 1, maxLength: 60 }), async (steps) => {
        empty();
        const model = new LimitModel();
        const leases: string[] = [];
        for (const [limit, size] of [
          ["a", 3],
          ["b", 2],
        ] as const) {
          await create(limit, size);
          model.upsert(limit, size, clock);
        }
        for (const step of steps) {
          await apply(step, model, leases);
          for (const limit of await limits.list()) {
            expect(limit.activeSlots).toBe(model.activeSlots(limit.name, clock));
            expect(limit.deniedSlots).toBe(model.limits.get(limit.name)?.denied);
          }
        }
        // Nobody releases anything; time alone brings everything back.
        clock += 3600 * SECOND;
        for (const limit of await limits.list()) {
          expect(limit.activeSlots).toBe(0);
          if (limit.limit === 0) continue;
          const all = await limits.acquire(request({ names: [limit.name], slots: limit.limit }));
          expect(all.acquired).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe("a rate limit", () => {
  it("admits in no window more than its size and what time brings", async () => {
    const steps = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 2 * SECOND }), slots: fc.integer({ min: 1, max: 3 }) }),
      { minLength: 1, maxLength: 40 },
    );
    const rates = fc.double({ min: 0.1, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: 6 }), rates, steps, async (size, rate, asks) => {
        empty();
        await create("r", size, { slotDecayPerSecond: rate });
        const admitted: { at: number; slots: number }[] = [];
        for (const { wait, slots } of asks) {
          clock += wait;
          const answer = await limits.admit({ names: ["r"], slots, now: clock, strict: true });
          if (answer.admitted) admitted.push({ at: clock, slots });
        }
        for (const [index, from] of admitted.entries()) {
          let sum = 0;
          for (const to of admitted.slice(index)) {
            sum += to.slots;
            expect(sum).toBeLessThanOrEqual(size + (rate * (to.at - from.at)) / SECOND + 1e-6);
          }
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it("admits after exactly the wait that it told", async () => {
    await create("r", 2, { slotDecayPerSecond: 3 });
    const ask = () => limits.admit({ names: ["r"], slots: 1, now: clock, strict: true });
    expect(await ask()).toEqual({ admitted: true });
    expect(await ask()).toEqual({ admitted: true });
    const full = await ask();
    expect(full).toEqual({ admitted: false, reason: "full", blockedBy: "r", retryAfter: 334 });
    clock += 333_000;
    expect(await ask()).toMatchObject({ admitted: false, retryAfter: 1 });
    clock += 1_000;
    expect(await ask()).toEqual({ admitted: true });
  });

  it("refuses a limit without decay, and takes nothing from the others", async () => {
    await create("still", 5);
    await create("rate", 5, { slotDecayPerSecond: 1 });
    const answer = await limits.admit({ names: ["rate", "still"], slots: 1, now: clock, strict: true });
    expect(answer).toEqual({ admitted: false, reason: "no-decay", blockedBy: "still" });
    expect((await limits.get("rate"))?.activeSlots).toBe(0);
  });

  it("gives a slot back once, though it was both released and decaying", async () => {
    await create("d", 4, { slotDecayPerSecond: 1 });
    const first = request({ names: ["d"], slots: 4 });
    await limits.acquire(first);
    clock += 3 * SECOND;
    expect(await limits.acquire(request({ names: ["d"], slots: 3 }))).toMatchObject({ acquired: true });
    await limits.release(first.leaseId, clock);
    // One of the four had not come back by time; the other three are the second holder's.
    expect((await limits.get("d"))?.activeSlots).toBe(3);
  });
});

describe("a limit", () => {
  it("takes of all names or of none, and names the one that blocks", async () => {
    await create("a", 5);
    await create("b", 1);
    await limits.acquire(request({ names: ["b"] }));
    const answer = await limits.acquire(request({ names: ["b", "a"] }));
    expect(answer).toEqual({ acquired: false, reason: "full", blockedBy: "b", retryAfter: 100 });
    expect(await limits.get("a")).toMatchObject({ activeSlots: 0, deniedSlots: 0 });
    expect(await limits.get("b")).toMatchObject({ activeSlots: 1, deniedSlots: 1 });
  });

  it("counts a name once, however often it is given", async () => {
    await create("a", 1);
    expect(await limits.acquire(request({ names: ["a", "a", "a"] }))).toMatchObject({ acquired: true });
    expect((await limits.get("a"))?.activeSlots).toBe(1);
  });

  it("of 0 admits nobody, and says so rather than to wait", async () => {
    await create("a", 0);
    const answer = await limits.acquire(request());
    expect(answer).toEqual({ acquired: false, reason: "impossible", blockedBy: "a", limit: 0 });
  });

  it("tells that more slots are asked than it has, even when another one is full", async () => {
    await create("a", 1);
    await create("b", 2);
    await limits.acquire(request({ names: ["a"] }));
    await create("a", 3);
    await limits.acquire(request({ names: ["a"], slots: 2 }));
    const answer = await limits.acquire(request({ names: ["a", "b"], slots: 3 }));
    expect(answer).toEqual({ acquired: false, reason: "impossible", blockedBy: "b", limit: 2 });
  });

  it("that is off does not limit, and one that is not there only when asked strictly", async () => {
    await create("a", 0, { active: false });
    const off = await limits.acquire(request({ names: ["a", "unknown"] }));
    expect(off).toEqual({ acquired: true, leaseId: null });
    const strict = await limits.acquire(request({ names: ["a", "unknown"], strict: true }));
    expect(strict).toEqual({ acquired: false, reason: "missing", missing: ["unknown"] });
  });

  it("hints to look again when the next lease ends, if that is soon", async () => {
    await create("a", 1);
    await limits.acquire(request({ expiresAt: clock + 40_000 }));
    expect(await limits.acquire(request())).toMatchObject({ reason: "full", retryAfter: 40 });
  });

  it("keeps what was not given when it is changed", async () => {
    const made = await create("a", 4, { slotDecayPerSecond: 2, active: false });
    expect(made).toMatchObject({
      id: "id-a",
      limit: 4,
      slotDecayPerSecond: 2,
      active: false,
      createdAt: START,
    });
    clock += SECOND;
    const changed = await limits.upsert({ id: "another", name: "a", limit: 9, now: clock });
    expect(changed).toEqual({ ...made, limit: 9, updatedAt: clock });
    expect(await limits.get("a")).toEqual(changed);
    expect(await limits.get("none")).toBeNull();
  });

  it("lists its leases with their holders, without those that ended", async () => {
    await create("a", 5);
    const kept = request({ slots: 2, executorId: "x" });
    await limits.acquire(kept);
    await limits.acquire(request({ expiresAt: clock + 1 }));
    await limits.acquire(request({ executorId: "dead" }));
    endExecutor("dead");
    clock += 1;
    expect(await limits.leases("a", clock)).toEqual([
      {
        id: kept.leaseId,
        limitName: "a",
        slots: 2,
        holder: { type: "task_run", id: "t", executorId: "x" },
        acquiredAt: START,
        expiresAt: START + 60 * SECOND,
      },
    ]);
  });
});

describe("a lease", () => {
  it("that ended can be renewed until somebody took its slots", async () => {
    await create("a", 1);
    const mine = request({ expiresAt: clock + SECOND });
    await limits.acquire(mine);
    clock += 2 * SECOND;
    expect(await limits.renew(mine.leaseId, clock, clock + SECOND)).toBe(true);
    expect(await limits.acquire(request())).toMatchObject({ acquired: false, reason: "full" });
    clock += 2 * SECOND;
    expect(await limits.acquire(request())).toMatchObject({ acquired: true });
    expect(await limits.renew(mine.leaseId, clock, clock + SECOND)).toBe(false);
    expect(await limits.release(mine.leaseId, clock)).toBe(false);
  });

  it("over two limits is lost whole when somebody took the slots of one", async () => {
    await create("a", 1);
    await create("b", 1);
    const both = request({ names: ["a", "b"], expiresAt: clock + SECOND });
    await limits.acquire(both);
    clock += 2 * SECOND;
    await limits.acquire(request({ names: ["a"] }));
    expect(await limits.renew(both.leaseId, clock, clock + SECOND)).toBe(false);
    expect(await limits.acquire(request({ names: ["b"] }))).toMatchObject({ acquired: true });
  });

  it("of an executor whose end is recorded is not renewed", async () => {
    await create("a", 1);
    const mine = request({ executorId: "x" });
    await limits.acquire(mine);
    expect(await limits.renewAll("x", clock, clock + SECOND)).toEqual([mine.leaseId]);
    endExecutor("x");
    expect(await limits.renewAll("x", clock, clock + SECOND)).toEqual([]);
    expect(await limits.renew(mine.leaseId, clock, clock + SECOND)).toBe(false);
  });

  it("is never shortened by a heartbeat", async () => {
    await create("a", 1);
    const mine = request({ executorId: "x", expiresAt: clock + 300 * SECOND });
    await limits.acquire(mine);
    await limits.renewAll("x", clock, clock + 15 * SECOND);
    expect((await limits.leases("a", clock))[0]?.expiresAt).toBe(mine.expiresAt);
  });
});

describe("what makes no sense is refused and changes nothing", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d slots", async (slots) => {
    await create("a", 5);
    await expect(limits.acquire(request({ slots }))).rejects.toMatchObject({ code: "SEGNO_INVALID_SLOTS" });
    const rate = limits.admit({ names: ["a"], slots, now: clock, strict: true });
    await expect(rate).rejects.toMatchObject({ code: "SEGNO_INVALID_SLOTS" });
    expect((await limits.get("a"))?.activeSlots).toBe(0);
  });

  it.each([
    ["a limit below 0", { limit: -1 }],
    ["a limit that is no whole number", { limit: 1.5 }],
    ["a decay below 0", { slotDecayPerSecond: -1 }],
    ["a decay without end", { slotDecayPerSecond: Number.POSITIVE_INFINITY }],
    ["an empty name", { name: " " }],
  ])("%s", async (_, wrong) => {
    const given = limits.upsert({ id: "i", name: "a", limit: 1, now: clock, ...wrong });
    await expect(given).rejects.toMatchObject({ code: "SEGNO_INVALID_LIMIT", name: "RefusedError" });
    expect(await limits.list()).toEqual([]);
  });

  it("a lease that ends before it begins, or that is held already", async () => {
    await create("a", 5);
    const backwards = limits.acquire(request({ expiresAt: clock }));
    await expect(backwards).rejects.toMatchObject({ code: "SEGNO_INVALID_LEASE" });
    const mine = request();
    await limits.acquire(mine);
    await expect(limits.acquire(mine)).rejects.toMatchObject({ code: "SEGNO_INVALID_LEASE" });
    expect((await limits.get("a"))?.activeSlots).toBe(1);
  });
});
