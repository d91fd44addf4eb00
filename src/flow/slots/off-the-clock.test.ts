import { afterEach, expect, it } from "vitest";
import { TimedOutError } from "../../core/errors.ts";
import { closeSegno, concurrency, flow, setConcurrencyLimit, task } from "../index.ts";

afterEach(() => closeSegno());

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

it("counts no wait for a slot towards a task's timeout", async () => {
  await setConcurrencyLimit("narrow", 1);
  const work = task({ name: "narrow-work", timeout: "2s" }, (ms: number) =>
    concurrency("narrow", () => pause(ms)),
  );
  // The last of them waits longer than its timeout, and works for less.
  await flow({ name: "queueing" }, () => work.map([700, 700, 700, 700]))();
  await expect(flow({ name: "slow-itself" }, () => work(5000))()).rejects.toBeInstanceOf(TimedOutError);
});
