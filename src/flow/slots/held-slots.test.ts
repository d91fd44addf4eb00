import { expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { getConcurrencyLimit, setConcurrencyLimit } from "../index.ts";
import { getControl } from "../control.ts";
import { takeSlots } from "./take.ts";

ownStore();

async function takeOne(leaseMs: number, signal: AbortSignal | null, onLost: () => void) {
  await setConcurrencyLimit("one", 1);
  const control = await getControl();
  const holder = { type: "process", id: "test" } as const;
  return takeSlots(control, { names: ["one"], slots: 1, strict: true, leaseMs, holder, signal, onLost });
}

const inUse = async () => (await getConcurrencyLimit("one"))?.activeSlots;

it("are renewed for as long as they are held", async () => {
  const held = await takeOne(90, null, () => undefined);
  const { limits } = await getControl();
  const end = (await limits.leases("one", 0))[0]?.expiresAt ?? 0;
  while (((await limits.leases("one", 0))[0]?.expiresAt ?? 0) === end)
    await new Promise((go) => setTimeout(go, 5));
  await held.release();
  expect(await inUse()).toBe(0);
});

it("tell when somebody took them away", async () => {
  const lost = await new Promise<string>((resolve) => {
    void takeOne(60, null, () => resolve("lost")).then(async () =>
      (await getControl()).limits.reset("one", 1),
    );
  });
  expect(lost).toBe("lost");
});

it("come back when their signal aborts, and once only", async () => {
  const abort = new AbortController();
  const held = await takeOne(60_000, abort.signal, () => undefined);
  expect(await inUse()).toBe(1);
  abort.abort();
  await held.release();
  expect(await inUse()).toBe(0);
  const next = await takeOne(60_000, null, () => undefined);
  await held.release();
  expect(await inUse()).toBe(1);
  await next.release();
});
