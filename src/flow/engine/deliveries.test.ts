import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Deliveries } from "./deliveries.ts";

/** Lets the loop turn until nothing more can be given. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTurn();
}

describe("strict deliveries", () => {
  it("give each number in its turn, whatever order they came in", async () => {
    const given: number[] = [];
    const deliveries = new Deliveries("strict");
    for (const done of [2, 1]) deliveries.add(done, () => given.push(done));
    await turns();
    expect(given).toEqual([]);
    expect(deliveries.blocked).toBe(true);
    deliveries.add(0, () => given.push(0));
    await turns();
    expect(given).toEqual([0, 1, 2]);
    expect([deliveries.next, deliveries.last]).toEqual([3, 2]);
  });

  it("let the code come to rest between two", async () => {
    const deliveries = new Deliveries("strict");
    const seen: string[] = [];
    const deep = async (name: string) => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      seen.push(name);
    };
    deliveries.add(0, () => void deep("first"));
    deliveries.add(1, () => void seen.push("second"));
    await turns();
    expect(seen).toEqual(["first", "second"]);
  });

  it("give at once what became durable while the code was at rest, and the next a turn later", async () => {
    const given: number[] = [];
    const deliveries = new Deliveries("strict");
    deliveries.addAtRest(0, () => given.push(0));
    deliveries.addAtRest(1, () => given.push(1));
    expect(given).toEqual([0]);
    await turns();
    expect(given).toEqual([0, 1]);
  });

  it("tell an outcome that is made late when its turn has come", async () => {
    const given: string[] = [];
    const deliveries = new Deliveries("strict");
    deliveries.expect(1);
    void deliveries.turn(1).then(() => {
      given.push("turn of 1");
      deliveries.add(1, () => given.push("1"));
    });
    deliveries.add(2, () => given.push("2"));
    await turns();
    expect(given).toEqual([]);
    deliveries.add(0, () => given.push("0"));
    await turns();
    expect(given).toEqual(["0", "turn of 1", "1", "2"]);
  });
});

it("tell when every outcome below a number was given", async () => {
  const deliveries = new Deliveries("strict");
  const told: string[] = [];
  void deliveries.past(2).then(() => told.push("past 2"));
  void deliveries.past(0).then(() => told.push("past 0"));
  deliveries.add(0, () => undefined);
  await turns();
  expect(told).toEqual(["past 0"]);
  deliveries.add(1, () => undefined);
  await turns();
  expect(told).toEqual(["past 0", "past 2"]);
});

describe("free deliveries", () => {
  it("give the lowest number that was asked for, although numbers are missing", async () => {
    const given: number[] = [];
    const deliveries = new Deliveries("free");
    for (const done of [9, 4, 6]) {
      deliveries.add(done, () => {
        given.push(done);
        // What the code asks for next goes before what waits, if it was given earlier.
        if (done === 4) deliveries.add(5, () => given.push(5));
      });
    }
    await turns();
    expect(given).toEqual([4, 5, 6, 9]);
  });

  it("wait for a lower one that is still looked for or made", async () => {
    const given: number[] = [];
    const deliveries = new Deliveries("free");
    let found: () => void = () => undefined;
    void deliveries
      .search(new Promise<void>((resolve) => (found = resolve)))
      .then(() => deliveries.expect(1));
    deliveries.addAtRest(3, () => given.push(3));
    await turns();
    expect(given).toEqual([]);
    found();
    await turns();
    expect(given).toEqual([]);
    deliveries.add(1, () => given.push(1));
    await turns();
    expect(given).toEqual([1, 3]);
  });

  it("give at once what became durable when nothing older waits", () => {
    const given: number[] = [];
    const deliveries = new Deliveries("free");
    deliveries.addAtRest(7, () => given.push(7));
    expect(given).toEqual([7]);
  });
});
