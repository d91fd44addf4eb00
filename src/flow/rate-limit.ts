import { bodyCall, inBody } from "./body-call.ts";
import { currentFrame } from "./context.ts";
import { getControl } from "./control.ts";
import { offTheClock } from "./slots/off-the-clock.ts";
import { payRate } from "./slots/take.ts";
import { awaiting, type RateOptions, readWanted } from "./slots/wanted.ts";

/**
 * Waits until the named rate limits (those with a slot decay) have room, and takes it. Nothing is
 * given back but by time.
 *
 * In a flow's body it is recorded, so that a resumed run does not pay again for what it did.
 *
 * @throws TimedOutError `SEGNO_SLOT_TIMEOUT`; RefusedError `SEGNO_LIMIT_WITHOUT_DECAY`.
 * @example
 * await rateLimit("openai-requests"); // setConcurrencyLimit("openai-requests", 60, { slotDecayPerSecond: 1 })
 */
export async function rateLimit(names: string | readonly string[], options: RateOptions = {}): Promise<void> {
  const wanted = readWanted("rateLimit", names, options);
  if (wanted.names.length === 0) return;
  const frame = currentFrame();
  if (frame === undefined || !inBody(frame)) {
    const control = frame?.session.control ?? (await getControl());
    await offTheClock(frame, () => payRate(control, { ...wanted, signal: frame?.signal ?? null }));
    return;
  }
  await bodyCall(frame, "effect", "rate-limit", async (live) => {
    const onWait = (blockedBy: string) => awaiting(live, blockedBy);
    await payRate(frame.session.control, { ...wanted, onWait, signal: frame.signal });
    return { value: undefined };
  });
}
