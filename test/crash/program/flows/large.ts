import { randomBytes } from "node:crypto";
import { flow, task } from "segno";
import { ack, got, started } from "../side.ts";
import { worked } from "../work.ts";

/** Text past what a row holds: partly by chance, so that a second making would show. */
const make = task({ name: "make" }, async (key: string, length: number) => {
  started(key);
  return { key, text: "x".repeat(length), chance: randomBytes(16).toString("hex") };
});

const measure = task(
  { name: "measure" },
  (key: string, made: readonly { key: string; text: string; chance: string }[]) => {
    started(key);
    return made.map(({ key: name, text }) => `${name}: ${text.length}`);
  },
);

const child = flow({ name: "large-child" }, async ({ key }: { key: string }) => {
  const made = await got(key, make(key, 90_000));
  return { ...made, of: "child" };
});

/** Results beside the rows, from tasks and subflows, one after another and side by side. */
export const large = flow({ name: "large" }, async () => {
  const first = await got("large/first", make("large/first", 70_000));
  await worked("large/between", 6);
  const futures = [100_000, 10, 200_000, 65_536].map((length, index) =>
    make.submit(`large/side-${index}`, length),
  );
  const measured = await got("large/measured", measure("large/measured", futures));
  for (const [index, future] of futures.entries()) ack(`large/side-${index}`, await future);
  const of = await got("large/child", child({ key: "large/child/made" }));
  await worked("large/after", 12);
  return { first: first.text.length, measured, of: of.text.length };
});
