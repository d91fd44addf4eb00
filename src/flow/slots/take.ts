import type { Control } from "../../client/control.ts";
import { newId, nowMicros } from "../../client/time.ts";
import type { AcquireAnswer, LeaseHolder, RateAnswer } from "../../store/repositories/limits.ts";
import { onAbort } from "../abort-listeners.ts";
import { deskOf } from "./desk.ts";
import { closedLimit, limitTooSmall, missingLimits, notARate, slotTimeout } from "./errors.ts";
import { HeldSlots } from "./held-slots.ts";
import type { Answer } from "./line.ts";

interface Wanted {
  readonly names: readonly string[];
  readonly slots: number;
  /** Names that no limit has are an error. */
  readonly strict: boolean;
  /** ms; undefined waits for ever. */
  readonly timeout?: number | undefined;
  readonly signal: AbortSignal | null;
  /** Called once, when it is known that there is a wait. */
  readonly onWait?: (blockedBy: string) => void;
}

export interface WantedSlots extends Wanted {
  readonly holder: Omit<LeaseHolder, "executorId">;
  readonly leaseMs: number;
  /** Called when the lease was lost although it was renewed. */
  readonly onLost: () => void;
  /** Waits also for a limit that is too small now: these slots were given once, and will be again. */
  readonly patient?: boolean;
}

/** Takes slots of all the limits or of none, waiting as long as it may. */
export async function takeSlots(control: Control, wanted: WantedSlots): Promise<HeldSlots> {
  const { names, slots, strict, leaseMs, onLost, signal, patient = false } = wanted;
  // Held by the process, too, from before the lease is there: that is what renews it, and what tells
  // others of the process's death.
  const letGo = await control.hold();
  const holder: LeaseHolder = { ...wanted.holder, executorId: control.executorId };
  const ask = async (): Promise<Answer<HeldSlots>> => {
    const now = nowMicros();
    const expiresAt = now + leaseMs * 1000;
    const leaseId = newId();
    const answer = await control.limits.acquire({ names, slots, strict, holder, now, expiresAt, leaseId });
    if (!answer.acquired) return refused(answer, slots, patient);
    const { leaseId: lease } = answer;
    return {
      taken: true,
      value: new HeldSlots({ control, names, leaseId: lease, leaseMs, signal, letGo, onLost }),
    };
  };
  try {
    const line = JSON.stringify(["slots", slots, strict, patient, names.toSorted()]);
    return await waitInLine(control, line, wanted, ask, (held) => void held.release());
  } catch (error) {
    letGo();
    throw error;
  }
}

/** Takes slots that only time gives back, waiting as long as it may. */
export async function payRate(control: Control, wanted: Wanted): Promise<void> {
  const { names, slots, strict } = wanted;
  const ask = async (): Promise<Answer<void>> => {
    const answer = await control.limits.admit({ names, slots, strict, now: nowMicros() });
    return answer.admitted ? { taken: true, value: undefined } : refused(answer, slots, false);
  };
  const line = JSON.stringify(["rate", slots, strict, names.toSorted()]);
  await waitInLine(control, line, wanted, ask, () => undefined);
}

type Refusal = Exclude<AcquireAnswer, { acquired: true }> | Exclude<RateAnswer, { admitted: true }>;

/** A refusal that time may heal; throws for the others. */
function refused(answer: Refusal, slots: number, patient: boolean): Extract<Answer<never>, { taken: false }> {
  switch (answer.reason) {
    case "full":
      // Only a rate's hint is exact; a holder of slots may come back at any moment.
      return {
        taken: false,
        blockedBy: answer.blockedBy,
        retryAfter: "admitted" in answer ? answer.retryAfter : undefined,
      };
    case "impossible":
      if (patient) return { taken: false, blockedBy: answer.blockedBy };
      throw answer.limit === 0
        ? closedLimit(answer.blockedBy)
        : limitTooSmall(answer.blockedBy, answer.limit, slots);
    case "missing":
      throw missingLimits(answer.missing);
    case "no-decay":
      throw notARate(answer.blockedBy);
  }
}

async function waitInLine<T>(
  control: Control,
  key: string,
  { names, slots, timeout, signal, onWait }: Wanted,
  ask: () => Promise<Answer<T>>,
  giveBack: (value: T) => void,
): Promise<T> {
  signal?.throwIfAborted();
  let blockedBy: string | null = null;
  const place = deskOf(control).join<T>(key, names, {
    ask,
    giveBack,
    onWait: (limit) => {
      blockedBy = limit;
      onWait?.(limit);
    },
  });
  const forget = signal === null ? undefined : onAbort(signal, place.leave);
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          void slotTimeout(control, { names, slots, timeout, blockedBy }).then(place.leave, place.leave);
        }, timeout);
  try {
    return await place.taken;
  } finally {
    forget?.();
    clearTimeout(timer);
  }
}
