import { flow, sleep } from "segno";
import { ack, got } from "../side.ts";
import { worked } from "../work.ts";

/** Sleeps alone, beside each other, and as the time limit of a race. */
export const sleeps = flow({ name: "sleeps" }, async () => {
  await got("sleeps/alone", sleep(60));
  await Promise.all([
    got("sleeps/long", sleep(90)),
    (async () => {
      await got("sleeps/short", sleep(25));
      await worked("sleeps/between", 5);
      await got("sleeps/again", sleep(25));
    })(),
    worked("sleeps/beside", 40),
  ]);
  const limit = sleep(20).then(() => "late");
  const winner = await Promise.race([limit, worked("sleeps/raced", 45)]);
  ack("sleeps/winner", winner);
  await worked(`sleeps/after-${winner === "late" ? "late" : "work"}`, 2);
  return "awake";
});
