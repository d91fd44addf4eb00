import { errorMessage } from "../../core/recorded-error.ts";
import type { JournalOp } from "../../store/store.ts";
import type { Frame } from "../context.ts";
import type { LiveCall } from "../engine/call.ts";
import { mark } from "../engine/entry.ts";
import { engineLog } from "../logging/log.ts";

/** A piece of a transaction's end that is done once in the run. */
export interface Piece {
  /** For people. */
  readonly name: string;
  readonly taskKey: string;
  readonly key: string;
  /** Null: it is done without the journal. */
  work(live: LiveCall | null): unknown;
  /** Written together with the end of the piece. */
  ops(): readonly JournalOp[];
}

/**
 * Carries a piece out as a call of the run, or not at all when the journal says that it was done.
 * What fails is logged and stays recorded as failed; the pieces after it have their turn all the
 * same.
 *
 * @throws StoppedError when the execution must not go on.
 */
export async function journaled(piece: Piece, frame: Frame): Promise<void> {
  const { session, scope } = frame;
  // A cancelled run takes no more calls, but what it did must still be undone.
  if (session.cancelled !== null) return atOnce(piece, frame);
  try {
    await session.call(scope, {
      kind: "effect",
      name: piece.name,
      taskKey: piece.taskKey,
      key: piece.key,
      tags: [],
      execute: async (live) => {
        live.entry.runCount++;
        mark(live.entry, "RUNNING");
        try {
          await piece.work(live);
          return { ok: true, value: undefined, stored: null, ops: piece.ops() };
        } catch (error) {
          logFailure(piece, frame, error);
          return { ok: false, error, stateType: "FAILED", ops: piece.ops() };
        }
      },
    });
  } catch (error) {
    if (session.stopped !== null) throw session.stopped;
    if (session.cancelled === error) await atOnce(piece, frame);
  }
}

async function atOnce(piece: Piece, frame: Frame): Promise<void> {
  try {
    await piece.work(null);
  } catch (error) {
    logFailure(piece, frame, error);
  }
  for (const op of piece.ops()) frame.session.post(op);
}

function logFailure(piece: Piece, frame: Frame, error: unknown): void {
  engineLog(frame, 40, `${piece.name} failed: ${errorMessage(error)}`);
}
