import { newId, nowMicros } from "../client/time.ts";
import { type Duration, parseDuration } from "../core/duration.ts";
import { RefusedError } from "../core/errors.ts";
import { showValue } from "../core/value-kind.ts";
import { encodeInline, storeText } from "../store/results/values.ts";
import { crashPoint } from "../store/crash-point.ts";
import { currentFrame, type Frame } from "./context.ts";
import type { CallSpec, LiveCall, Outcome } from "./engine/call.ts";
import { mark } from "./engine/entry.ts";
import { pause } from "./engine/wait.ts";
import { BodyScope } from "./engine/body-scope.ts";

/**
 * What a flow must not take from the machine directly, since a replay would get another answer: the
 * time, chance, new ids. In a flow's body each answer is an entry of the journal; elsewhere (in a
 * task, outside a run) there is no replay, and it is just made.
 */
async function recorded<T>(name: string, make: () => T): Promise<T> {
  const frame = currentFrame();
  if (frame === undefined || frame.task !== null) return make();
  return frame.session.call(frame.scope, valueSpec(name, frame, make)) as Promise<T>;
}

function valueSpec(name: string, frame: Frame, make: () => unknown): CallSpec {
  return {
    kind: "value",
    name,
    taskKey: name,
    tags: [],
    execute: async ({ entry }): Promise<Outcome> => {
      entry.runCount++;
      const value = make();
      const encoded = encodeInline(value, name);
      const stored =
        "tooLarge" in encoded ? await storeText(encoded.tooLarge, frame.session.control.results) : encoded;
      return { ok: true, value, stored };
    },
  };
}

/**
 * The time, recorded.
 *
 * @example
 * const startedAt = await clock.now();
 */
export const clock = {
  /**
   * Now, the same in every replay.
   * @example
   * const startedAt = await clock.now();
   */
  now: (): Promise<Date> => recorded("clock.now", () => new Date()),
} as const;

/**
 * A number from 0 up to 1, the same in every replay.
 * @example
 * if ((await random()) < 0.1) await audit(order);
 */
export function random(): Promise<number> {
  return recorded("random", () => Math.random());
}

/**
 * A new UUID (version 7), the same in every replay: an idempotency key for calls to others.
 * @example
 * const key = await uuid();
 */
export function uuid(): Promise<string> {
  return recorded("uuid", () => newId());
}

/**
 * Waits for a time that a crash does not start again: a resumed run waits for what is left of it.
 * In a task it is an ordinary wait. Cancelling ends it.
 *
 * @throws RefusedError when it is not a duration.
 * @example
 * await sleep("7d");
 */
export async function sleep(duration: Duration): Promise<void> {
  const ms = parseDuration(duration, "sleep");
  const frame = currentFrame();
  if (frame === undefined) return new Promise((resolve) => setTimeout(resolve, ms));
  if (frame.task !== null) return pause(ms, frame.session);
  await frame.session.call(frame.scope, {
    kind: "sleep",
    name: "sleep",
    taskKey: "sleep",
    tags: [],
    execute: (live) => sleepUntilDue(ms, frame, live),
  });
}

async function sleepUntilDue(ms: number, frame: Frame, live: LiveCall): Promise<Outcome> {
  const { entry } = live;
  if (entry.expectedStartAt === null) {
    entry.expectedStartAt = nowMicros() + Math.round(ms * 1000);
    mark(entry, "SCHEDULED");
    live.post();
  }
  crashPoint("sleep.begun");
  try {
    await pause((entry.expectedStartAt - nowMicros()) / 1000, frame.session);
    return { ok: true, value: undefined, stored: null };
  } catch (error) {
    return { ok: false, error, stateType: "CANCELLED" };
  }
}

/**
 * Guards a change of a flow's code: false for runs that passed this point with the old code, true
 * for all others. Keep the call, and the old branch, until no old run is left.
 *
 * @throws RefusedError for a missing id; when it is called in a burst before it can be known.
 * @example
 * const vectors = (await patched("new-embedder")) ? await embedV2(chunks) : await embed(chunks);
 */
export async function patched(id: string): Promise<boolean> {
  if (typeof id !== "string" || id === "") {
    throw new RefusedError({
      code: "SEGNO_INVALID_OPTION",
      message: `patched(id) takes a non-empty text; got ${showValue(id)}.`,
      help: 'Name the change: patched("new-embedder").',
    });
  }
  const frame = currentFrame();
  if (frame === undefined || frame.task !== null || !(frame.scope instanceof BodyScope)) return true;
  const next = frame.scope.peek();
  if (next === undefined) {
    throw new RefusedError({
      code: "SEGNO_PATCH_UNKNOWN_YET",
      message: `patched("${id}") was called in the middle of a burst of calls that the journal is still read for.`,
      help: "Await patched() before the calls that fan out.",
      facts: { id },
    });
  }
  const name = `patch:${id}`;
  if (next !== null && (next.kind !== "patch" || next.taskKey !== name)) return false;
  const spec: CallSpec = {
    kind: "patch",
    name,
    taskKey: name,
    tags: [],
    execute: async () => ({ ok: true, value: true, stored: null }),
    revive: () => true,
  };
  await frame.session.call(frame.scope, spec);
  return true;
}
