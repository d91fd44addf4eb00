import { expectTypeOf, it } from "vitest";
import { z } from "zod";
import { allowFailure, flow, type FutureList, task, type TaskFuture, unmapped } from "./index.ts";

/** What is checked here is checked by the compiler; nothing of it is run. */
const embed = task(
  { name: "embed", taskRunName: (text) => text, cacheKey: ({ args }) => args[0] },
  async (text: string, size: number) => [text.length * size],
);
const total = task(
  { name: "total" },
  (given: { vectors: number[][]; scale?: number }) => given.vectors.length,
);

it("types a task by its function", () => {
  expectTypeOf(embed).returns.toEqualTypeOf<Promise<number[]>>();
  const calls = () => ({ submitted: embed.submit("a", 1), mapped: embed.map(["a"], 1) });
  expectTypeOf(calls).returns.toEqualTypeOf<{
    submitted: TaskFuture<number[]>;
    mapped: FutureList<number[]>;
  }>();
});

it("takes values, futures, and values with futures inside", () => {
  const calls = (text: TaskFuture<string>, future: TaskFuture<number[]>, list: FutureList<number[]>) => [
    embed("a", 1),
    embed(text, 1),
    total({ vectors: list }),
    total({ vectors: [future, [1, 2]], scale: 2 }),
    embed.map(["a", text], unmapped(3)),
    embed.map(["a"], 3),
    task({ name: "t" }, (value: number[] | Error) => value)(allowFailure(future)),
  ];
  expectTypeOf(calls).toBeFunction();
});

it("refuses what does not fit", () => {
  const calls = (future: TaskFuture<number[]>) => [
    // @ts-expect-error a number is no text
    embed(1, 1),
    // @ts-expect-error a future of numbers is none of text
    embed(future, 1),
    // @ts-expect-error one argument is missing
    embed("a"),
    // @ts-expect-error the property is called vectors
    total({ vector: [] }),
  ];
  expectTypeOf(calls).toBeFunction();
});

it("types a flow by its schema, what goes in and what the body gets", () => {
  const schema = z.object({ paths: z.array(z.string()), size: z.number().default(512) });
  const ingest = flow({ name: "ingest", input: schema }, (input) => {
    expectTypeOf(input).toEqualTypeOf<{ paths: string[]; size: number }>();
    return input.size;
  });
  const calls = () => [ingest({ paths: [] }), ingest.run({ paths: [], size: 1 }, { idempotencyKey: "a" })];
  expectTypeOf(calls).returns.toEqualTypeOf<Promise<number>[]>();
  // @ts-expect-error paths are missing
  expectTypeOf(() => ingest({ size: 1 })).toBeFunction();
});

it("types a flow without input", () => {
  const nightly = flow({ name: "nightly" }, async () => "done");
  const calls = () => [nightly(), nightly.run({ idempotencyKey: "a" })];
  expectTypeOf(calls).returns.toEqualTypeOf<Promise<string>[]>();
});
