import { hostname } from "node:os";
import type { LeaseHolder } from "../store/repositories/limits.ts";
import { bodyFailure, inBody } from "./body-call.ts";
import { currentFrame, type Frame } from "./context.ts";
import { getControl } from "./control.ts";
import { offTheClock } from "./slots/off-the-clock.ts";
import { type LiveCall, NOT_KEPT, type Outcome } from "./engine/call.ts";
import { unlessAborted } from "./engine/wait.ts";
import { engineLog } from "./logging/log.ts";
import type { HeldSlots } from "./slots/held-slots.ts";
import { takeSlots } from "./slots/take.ts";
import { awaiting, type ConcurrencyOptions, invalidOption, readWanted, type Wanted } from "./slots/wanted.ts";

/**
 * Runs `work` while it holds slots of all the named limits, in whatever process others run theirs.
 *
 * The slots come back when it ends, when its run is cancelled or times out, and when the process
 * dies. In a flow's body the wait is part of the journal; a resumed run takes the slots anew before
 * `work` runs again.
 *
 * @param names one limit or several; slots are taken of all or of none.
 * @throws TimedOutError `SEGNO_SLOT_TIMEOUT`, naming who holds the slots. RefusedError when a limit is
 * 0 or smaller than `occupy`, or, with `strict`, when there is none of that name.
 * @example
 * const vectors = await concurrency("openai-embeddings", () => openai.embeddings.create({ input: batch, model }));
 * await concurrency(["gpu", "memory"], { occupy: 2, timeout: "10m" }, () => train(model));
 */
export function concurrency<T>(names: string | readonly string[], work: () => T | PromiseLike<T>): Promise<T>;
export function concurrency<T>(
  names: string | readonly string[],
  options: ConcurrencyOptions,
  work: () => T | PromiseLike<T>,
): Promise<T>;
export async function concurrency<T>(
  names: string | readonly string[],
  second: ConcurrencyOptions | (() => T | PromiseLike<T>),
  third?: () => T | PromiseLike<T>,
): Promise<T> {
  const work = typeof second === "function" ? second : third;
  const wanted = readWanted("concurrency", names, typeof second === "function" ? {} : second);
  if (typeof work !== "function") {
    throw invalidOption("concurrency(names, options?, work) takes a function to run", work);
  }
  if (wanted.names.length === 0) return work();
  const frame = currentFrame();
  const held = await offTheClock(frame, () => take(frame, wanted));
  try {
    frame?.signal.throwIfAborted();
    return await work();
  } finally {
    const released = held.release();
    // A body goes on in the order of its journal and not of what it gives back; the run's end waits.
    if (frame !== undefined && inBody(frame)) frame.session.track(released);
    else await released;
  }
}

function take(frame: Frame | undefined, wanted: Wanted): Promise<HeldSlots> {
  if (frame === undefined) {
    const holder = { type: "process", id: `${hostname()}:${process.pid}` } as const;
    return getControl().then((control) =>
      takeSlots(control, { ...wanted, holder, signal: null, onLost: warnOfLoss }),
    );
  }
  if (inBody(frame)) return takeInBody(frame, wanted);
  return takeSlots(frame.session.control, {
    ...wanted,
    holder: holderOf(frame),
    signal: frame.signal,
    onLost: lost(frame, wanted),
  });
}

/**
 * The wait as a call of the flow. Its value, the slots, cannot be kept; so a replay makes it again,
 * and gives it in its old turn. It takes them when that turn has come and not before: slots taken
 * earlier could be those that a call before it in the journal is still to get.
 */
function takeInBody(frame: Frame, wanted: Wanted): Promise<HeldSlots> {
  const { session, scope, signal } = frame;
  const { names } = wanted;
  const common = { ...wanted, holder: holderOf(frame), signal, onLost: lost(frame, wanted) };
  const execute = async (live: LiveCall): Promise<Outcome> => {
    const { done } = live.entry;
    try {
      if (done === null) {
        live.entry.runCount++;
        // Those that the journal says were held are taken again first, or nobody would ever give way.
        await unlessAborted(scope.caughtUp(), session);
        const onWait = (blockedBy: string) => awaiting(live, blockedBy);
        return kept(await takeSlots(session.control, { ...common, onWait }));
      }
      await unlessAborted(scope.deliveries.turn(live.entry.done ?? 0), session);
      // They were given before, so what has changed since must not fail the run.
      const again = { timeout: undefined, strict: false, patient: true };
      return kept(await takeSlots(session.control, { ...common, ...again }));
    } catch (error) {
      return bodyFailure(session, error);
    }
  };
  const name = `concurrency ${names.join(", ")}`;
  const spec = { kind: "effect", name, taskKey: "concurrency", tags: [], perishable: true, execute } as const;
  return session.call(scope, spec) as Promise<HeldSlots>;
}

function kept(value: HeldSlots): Outcome {
  return { ok: true, value, stored: null, message: NOT_KEPT };
}

function holderOf({ session, task }: Frame): Omit<LeaseHolder, "executorId"> {
  if (task !== null) return { type: "task_run", id: task.entry.id };
  return { type: "flow_run", id: session.flowRunId ?? "" };
}

function lost(frame: Frame, { names }: Wanted): () => void {
  return () => {
    engineLog(
      frame,
      30,
      `The slots of ${names.join(", ")} were lost: this process stood still for too long.`,
    );
  };
}

function warnOfLoss(): void {
  process.emitWarning(
    "Slots of a concurrency limit were lost: this process stood still for too long.",
    "SegnoWarning",
  );
}
