import { flow, step, uuid } from "segno";
import { got, started, startsOf } from "../side.ts";
import { worked } from "../work.ts";

const leaf = flow({ name: "leaf" }, async ({ path, ms }: { path: string; ms: number }) => {
  await got(`${path}/uuid`, uuid());
  await worked(`${path}/one`, ms);
  await worked(`${path}/two`, 0);
  return path;
});

const middle = flow({ name: "middle" }, async ({ path, ms }: { path: string; ms: number }) => {
  const first = await got(`${path}/first`, leaf({ path: `${path}/first`, ms }));
  await worked(`${path}/between`, ms / 2);
  const pair = await Promise.all(
    ["left", "right"].map((side, index) =>
      got(`${path}/${side}`, leaf({ path: `${path}/${side}`, ms: ms + index * 7 })),
    ),
  );
  return [first, ...pair];
});

/** Fails once in its life; a caller that saw the failure must not see it turn into a success. */
const fails = flow({ name: "fails-once" }, async ({ path }: { path: string }) => {
  const starts = await got(
    `${path}/counted`,
    step("count", () => {
      started(`${path}/counted`);
      return startsOf(`${path}/counted`);
    }),
  );
  if (startsOf(`${path}/failed`) === 0) {
    started(`${path}/failed`);
    throw new Error("the first time");
  }
  return starts;
});

/** Runs in runs, one after another and side by side, two deep. */
export const subflows = flow({ name: "subflows" }, async () => {
  const alone = await got("subflows/alone", middle({ path: "subflows/alone", ms: 8 }));
  await fails({ path: "subflows/fails" }).catch(() => null);
  await worked("subflows/handled", 4);
  const together = await Promise.all([
    got("subflows/b", middle({ path: "subflows/b", ms: 20 })),
    got("subflows/c", middle({ path: "subflows/c", ms: 6 })),
    got("subflows/d", leaf({ path: "subflows/d", ms: 30 })),
  ]);
  return [alone, together];
});
