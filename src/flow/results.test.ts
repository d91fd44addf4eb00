import { afterEach, describe, expect, it } from "vitest";
import type { Serializer } from "../store/results/serializers.ts";
import { closeSegno, flow, task } from "./index.ts";
import { getControl } from "./control.ts";

afterEach(() => closeSegno());

async function stored(flowName: string) {
  const { flowRuns, taskRuns } = await (await getControl()).repositories();
  const [run] = (await flowRuns.list({ flowName }, { limit: 1 })).rows;
  const [entry] = (await taskRuns.list({ flowRunId: run?.id ?? "" }, { limit: 1 })).rows;
  return { run: run?.result, entry: entry?.result };
}

describe("results", () => {
  it("lie in the row while they are small, and by their content elsewhere when they are large", async () => {
    const text = "x".repeat(100_000);
    const make = task({ name: "make" }, (large: boolean) => (large ? text : "small"));
    const f = flow({ name: "sizes" }, ({ large }: { large: boolean }) => make(large));
    await f({ large: false });
    expect(await stored("sizes")).toEqual({
      run: { kind: "inline", text: '"small"' },
      entry: { kind: "inline", text: '"small"' },
    });
    expect(await f.run({ large: true }, { idempotencyKey: "large" })).toBe(text);
    const { run, entry } = await stored("sizes");
    expect(entry).toMatchObject({ kind: "ref", ref: { size: 100_002, serializer: "json" } });
    expect(run).toEqual(entry);
    await closeSegno();
    expect(await f.run({ large: true }, { idempotencyKey: "large" })).toBe(text);
  });

  it("are written by the task's own serializer", async () => {
    class Point {
      readonly x: number;
      constructor(x: number) {
        this.x = x;
      }
    }
    const points: Serializer = {
      name: "point",
      serialize: (value) => new TextEncoder().encode(String((value as Point).x)),
      deserialize: (bytes) => new Point(Number(new TextDecoder().decode(bytes))),
    };
    const f = flow({ name: "custom", serializer: points }, () => new Point(7));
    expect(await f.run({ idempotencyKey: "p" })).toBeInstanceOf(Point);
    await closeSegno();
    const again = await f.run({ idempotencyKey: "p" });
    expect(again).toEqual(new Point(7));
    expect(again).toBeInstanceOf(Point);
  });

  it("come back as they were: dates, bigints, maps, sets, typed arrays, errors", async () => {
    const value = {
      date: new Date(7),
      big: 2n ** 70n,
      map: new Map([["a", new Set([1])]]),
      bytes: new Uint8Array([1, 2]),
      floats: new Float64Array([0.5]),
      error: new RangeError("far", { cause: "edge" }),
      nothing: undefined,
    };
    const f = flow({ name: "kinds-of-values" }, () => value);
    await f.run({ idempotencyKey: "v" });
    await closeSegno();
    const again = await f.run({ idempotencyKey: "v" });
    expect(again).toEqual(value);
    expect(again.error).toBeInstanceOf(RangeError);
    expect(again.error.cause).toBe("edge");
  });
});
