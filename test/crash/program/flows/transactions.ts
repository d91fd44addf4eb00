import { setTimeout as pause } from "node:timers/promises";
import { flow, INPUTS, task, transaction } from "segno";
import { ack, got, started } from "../side.ts";
import { worked } from "../work.ts";

/** A task whose undoing is witnessed, too. */
const undoable = (name: string, ms: number) =>
  task(
    {
      name,
      onRollback: async (tx) => {
        started(`transactions/undo-${name}-${String(tx.get("which"))}`);
        await pause(5);
      },
      onCommit: (tx) => {
        started(`transactions/commit-${name}-${String(tx.get("which"))}`);
      },
    },
    async (key: string) => {
      started(key);
      await pause(ms);
      return key;
    },
  );

const reserve = undoable("reserve", 8);
const charge = undoable("charge", 3);
const pack = undoable("pack", 12);
const cached = task({ name: "priced", cachePolicy: INPUTS }, async (key: string) => {
  started(key);
  return key;
});

/** Blocks that count whole or not at all: one that is undone, one that stands, one in another. */
export const transactions = flow({ name: "transactions" }, async () => {
  const undone = await transaction(async (tx) => {
    tx.set("which", "first");
    await got("transactions/reserve", reserve("transactions/reserve"));
    await got("transactions/charge", charge("transactions/charge"));
    await got("transactions/pack", pack("transactions/pack"));
    await worked("transactions/then", 2);
    throw new Error("out of stock");
  }).catch((error: unknown) => String(error));
  ack("transactions/undone", undone);

  const kept = await transaction({ key: "second", isolation: "serializable" }, async (tx) => {
    tx.set("which", "second");
    const before = tx.isCommitted();
    await Promise.all([
      got("transactions/reserve-2", reserve("transactions/reserve-2")),
      got("transactions/charge-2", charge("transactions/charge-2")),
    ]);
    await got("transactions/price", cached("transactions/price"));
    await transaction(async () => {
      await got("transactions/pack-2", pack("transactions/pack-2"));
    });
    return before;
  });
  ack("transactions/kept", kept);
  const again = await transaction({ key: "second" }, async (tx) => tx.isCommitted());
  await got("transactions/price", cached("transactions/price"));
  return [undone, kept, again];
});
