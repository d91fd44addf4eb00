import fc from "fast-check";

/** How long a task takes: 0 to 6, from at once over some turns of the loop to some milliseconds. */
export type Pace = number;

/** A program: calls, and how they are put together. */
export type Tree =
  | { readonly kind: "task" | "step"; readonly pace: Pace; readonly fails: boolean }
  | { readonly kind: "value" }
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "seq" | "all" | "race" | "settled"; readonly parts: readonly Tree[] }
  | { readonly kind: "map" | "completed"; readonly paces: readonly Pace[] }
  | { readonly kind: "catch"; readonly part: Tree; readonly instead: Tree }
  | { readonly kind: "turns"; readonly turns: number; readonly part: Tree }
  | { readonly kind: "subflow" | "nested"; readonly part: Tree };

export interface TreeOptions {
  /** Whether tasks may fail. */
  readonly failures: boolean;
}

export function treeArbitrary({ failures }: TreeOptions): fc.Arbitrary<Tree> {
  const pace = fc.integer({ min: 0, max: 6 });
  const paces = fc.array(pace, { minLength: 1, maxLength: 5 });
  const fails = failures ? fc.integer({ min: 0, max: 5 }).map((n) => n === 0) : fc.constant(false);
  const leaf: fc.Arbitrary<Tree> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("task" as const), pace, fails }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("step" as const), pace, fails }) },
    { weight: 1, arbitrary: fc.constant<Tree>({ kind: "value" }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("sleep" as const), ms: fc.integer({ min: 0, max: 4 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom("map" as const, "completed" as const), paces }),
    },
  );
  const { root } = fc.letrec<{ tree: Tree; root: Tree }>((tie) => {
    const part = tie("tree");
    const parts = fc.array(part, { minLength: 2, maxLength: 4 });
    const together = fc.constantFrom(...(["seq", "all", "all", "race", "settled"] as const));
    return {
      root: fc.record({ kind: together, parts }),
      tree: fc.oneof(
        { maxDepth: 4, depthSize: "xlarge", depthIdentifier: "tree" },
        { weight: 2, arbitrary: leaf },
        { weight: 6, arbitrary: fc.record({ kind: together, parts }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("catch" as const), part, instead: part }) },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant("turns" as const),
            turns: fc.integer({ min: 1, max: 9 }),
            part,
          }),
        },
        {
          weight: 2,
          arbitrary: fc.record({ kind: fc.constantFrom("subflow" as const, "nested" as const), part }),
        },
      ),
    };
  });
  return root;
}
