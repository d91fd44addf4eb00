import type { Control } from "../client/control.ts";
import { CancelledError, StoppedError } from "../core/errors.ts";
import { encodeInline, storeText } from "../store/results/values.ts";
import type { JournalOp } from "../store/store.ts";
import { currentFrame, type Frame } from "./context.ts";
import { getControl } from "./control.ts";
import type { LiveCall, Outcome } from "./engine/call.ts";
import type { Session } from "./engine/session.ts";

/** What a call in a flow's body made, and what is written in the transaction that records it. */
export interface Made<T> {
  readonly value: T;
  readonly ops?: readonly JournalOp[];
}

/** Whether the code that runs is a flow's body, whose calls must be in the journal. */
export function inBody(frame: Frame): boolean {
  return frame.task === null && frame.flow !== null;
}

/**
 * Makes something once in a flow's body: a replay gets what was made then. A `value` is only read, an
 * `effect` changes something.
 */
export function bodyCall<T>(
  frame: Frame,
  kind: "value" | "effect",
  name: string,
  make: (live: LiveCall) => Made<T> | Promise<Made<T>>,
): Promise<T> {
  const { session } = frame;
  const execute = async (live: LiveCall): Promise<Outcome> => {
    live.entry.runCount++;
    try {
      const { value, ops = [] } = await make(live);
      const encoded = encodeInline(value, name);
      const stored =
        "tooLarge" in encoded ? await storeText(encoded.tooLarge, session.control.results) : encoded;
      return { ok: true, value, stored, ops };
    } catch (error) {
      return bodyFailure(session, error);
    }
  };
  return session.call(frame.scope, { kind, name, taskKey: name, tags: [], execute }) as Promise<T>;
}

/** A call that failed; one that the store kept from being made is not recorded, but stops the run. */
export function bodyFailure(session: Session, error: unknown): Outcome {
  if (error instanceof StoppedError) {
    session.stop(error);
    throw error;
  }
  return { ok: false, error, stateType: error instanceof CancelledError ? "CANCELLED" : "FAILED" };
}

/**
 * Does something with the control plane wherever the code stands: recorded in a flow's body, plainly
 * in a task or outside any run. In a body the call has its place before this function returns.
 */
export function withControl<T>(
  kind: "value" | "effect",
  name: string,
  work: (control: Control, live: LiveCall | null) => Promise<T>,
): Promise<T> {
  const frame = currentFrame();
  if (frame === undefined) return getControl().then((control) => work(control, null));
  const { control } = frame.session;
  if (!inBody(frame)) return work(control, null);
  return bodyCall(frame, kind, name, async (live) => ({ value: await work(control, live) }));
}

/**
 * Writes a row that belongs to the run, if there is one: in a flow's body together with the call that
 * made it, so exactly once; elsewhere durably before this resolves.
 *
 * @param make gets the id that the row should have; in a body it survives a crash before the row.
 */
export function writeRow(
  name: string,
  make: (id: string, frame: Frame | undefined) => JournalOp | Promise<JournalOp>,
  newId: () => string,
): Promise<string> {
  const frame = currentFrame();
  if (frame !== undefined && inBody(frame)) {
    return bodyCall(frame, "effect", name, async ({ entry }) => ({
      value: entry.id,
      ops: [await make(entry.id, frame)],
    }));
  }
  return writeNow(frame, make, newId());
}

async function writeNow(
  frame: Frame | undefined,
  make: (id: string, frame: Frame | undefined) => JournalOp | Promise<JournalOp>,
  id: string,
): Promise<string> {
  const op = await make(id, frame);
  const channel = frame?.session.channel ?? (await getControl()).channel(null, 0);
  await channel.write(op);
  return id;
}
