import { describe, expect, it } from "vitest";
import { type Answer, Line, type Waiter } from "./line.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A limit with so many slots, counting how often it is asked. */
class Seats {
  free: number;
  asked = 0;
  readonly told: string[] = [];
  readonly givenBack: string[] = [];

  constructor(free: number) {
    this.free = free;
  }

  waiter(name: string): Waiter<string> {
    return {
      ask: async (): Promise<Answer<string>> => {
        this.asked++;
        if (this.free === 0) return { taken: false, blockedBy: "seats" };
        this.free--;
        return { taken: true, value: name };
      },
      onWait: (blockedBy) => this.told.push(`${name} for ${blockedBy}`),
      giveBack: (value) => {
        this.givenBack.push(value);
        this.free++;
      },
    };
  }
}

describe("a line", () => {
  it("lets in who came first, and asks for the head alone", async () => {
    const seats = new Seats(0);
    const line = new Line<string>(["seats"], () => undefined);
    const taken: string[] = [];
    const places = ["a", "b", "c"].map((name) => line.join(seats.waiter(name)));
    for (const place of places) void place.taken.then((name) => taken.push(name));
    await turn();
    expect(seats.asked).toBe(1);
    expect(seats.told).toEqual(["a for seats", "b for seats", "c for seats"]);

    seats.free = 2;
    line.wake();
    await turn();
    expect(taken).toEqual(["a", "b"]);
    // Woken, "a" asked and then "b"; "c" was refused.
    expect(seats.asked).toBe(4);
    seats.free = 1;
    line.wake();
    await turn();
    expect(taken).toEqual(["a", "b", "c"]);
    expect(line.empty).toBe(true);
  });

  it("asks again by itself when nobody wakes it", async () => {
    const seats = new Seats(0);
    const line = new Line<string>(["seats"], () => undefined);
    const { taken } = line.join(seats.waiter("a"));
    await turn();
    seats.free = 1;
    expect(await taken).toBe("a");
  });

  it("goes on to the next when the head leaves", async () => {
    const seats = new Seats(0);
    const line = new Line<string>(["seats"], () => undefined);
    const first = line.join(seats.waiter("a"));
    const second = line.join(seats.waiter("b"));
    await turn();
    seats.free = 1;
    first.leave(new Error("gone"));
    await expect(first.taken).rejects.toThrow("gone");
    expect(await second.taken).toBe("b");
  });

  it("gives back what came after its waiter had left", async () => {
    const seats = new Seats(1);
    const line = new Line<string>(["seats"], () => undefined);
    const place = line.join(seats.waiter("a"));
    place.leave(new Error("gone"));
    await expect(place.taken).rejects.toThrow("gone");
    await turn();
    expect(seats.givenBack).toEqual(["a"]);
    expect(seats.free).toBe(1);
  });

  it("ends a wait whose question fails, and serves the others", async () => {
    const seats = new Seats(1);
    const line = new Line<string>(["seats"], () => undefined);
    const broken = line.join({ ...seats.waiter("a"), ask: () => Promise.reject(new Error("disk full")) });
    const whole = line.join(seats.waiter("b"));
    await expect(broken.taken).rejects.toThrow("disk full");
    expect(await whole.taken).toBe("b");
  });

  it("does not sleep through a release that comes while it asks", async () => {
    const seats = new Seats(0);
    const line = new Line<string>(["seats"], () => undefined);
    const waiter = seats.waiter("a");
    let asks = 0;
    const place = line.join({
      ...waiter,
      ask: async () => {
        const answer = await waiter.ask();
        if (++asks === 1) {
          seats.free = 1;
          line.wake();
        }
        return answer;
      },
    });
    await turn();
    expect(asks).toBe(2);
    expect(await place.taken).toBe("a");
  });
});
