import { setMaxListeners } from "node:events";
import { TimedOutError } from "../../core/errors.ts";
import { formatDuration } from "../../core/duration.ts";
import { AttemptClock } from "./attempt-clock.ts";
import type { Session } from "./session.ts";

export interface AttemptInit {
  readonly session: Session;
  /** The caller's signal, when it can abort by itself: that of a task with a timeout. */
  readonly outer: AbortSignal;
  /** Names the attempt in the error of a timeout. */
  readonly what: string;
  /** ms; undefined for none. */
  readonly timeout: number | undefined;
  /** Carries the attempt out; begins the clock when the user's code starts. */
  readonly body: (signal: AbortSignal, clock: AttemptClock) => unknown;
  /** Called when it is the timeout that ended the attempt. */
  readonly onTimeout?: (error: TimedOutError) => void;
}

/**
 * Carries out one attempt under the session's signal and its own timeout.
 *
 * JavaScript cannot stop a function; what ends is the waiting for it. The body's signal aborts, and
 * whatever it still answers is ignored. A body that answers at once costs no promise and no listener.
 */
export function attempt(init: AttemptInit): unknown {
  const { session, outer, timeout } = init;
  const nested = outer !== session.signal;
  const own = timeout === undefined && !nested ? null : new AbortController();
  // Every task under this one may listen; that is no leak.
  if (own !== null) setMaxListeners(0, own.signal);
  const clock = new AttemptClock(timeout);
  const answer = init.body(own?.signal ?? session.signal, clock);
  if (!isThenable(answer)) return answer;
  return new Promise((resolve, reject) => {
    const settle = () => {
      clock.stop();
      forget();
      if (nested) outer.removeEventListener("abort", onOuter);
    };
    const abort = (reason: Error) => {
      settle();
      own?.abort(reason);
      reject(reason);
    };
    const onOuter = () => abort(outer.reason as Error);
    let forget: () => void = () => undefined;
    forget = session.onAbort(abort);
    if (nested) outer.addEventListener("abort", onOuter, { once: true });
    clock.watch(() => {
      const error = timedOut(init.what, timeout ?? 0);
      init.onTimeout?.(error);
      abort(error);
    });
    answer.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

function timedOut(what: string, timeout: number): TimedOutError {
  return new TimedOutError({
    code: "SEGNO_TIMED_OUT",
    message: `${what} took longer than its timeout of ${formatDuration(timeout)}.`,
    help: "Give the signal of getRunContext() to whatever it waits for; raise `timeout` if it needs the time.",
    facts: { timeout },
  });
}
