import type { Control } from "../../client/control.ts";
import { nowMicros } from "../../client/time.ts";
import type { Session } from "../engine/session.ts";

/** µs between two sweeps by one process. */
const INTERVAL = 60_000_000;
/** Rows of one sweep: it shares the store with whoever is computing. */
const MOST = 1000;

const lastSweeps = new WeakMap<Control, number>();

/** Deletes what has expired, beside the work and rarely: nobody else does where no server runs. */
export function sweepNowAndThen(session: Session): void {
  const { control } = session;
  const now = nowMicros();
  if (now - (lastSweeps.get(control) ?? 0) < INTERVAL) return;
  lastSweeps.set(control, now);
  // A row that stays is found expired by whoever asks for it.
  session.track(control.cache.sweep(now, MOST).catch(() => undefined));
}
