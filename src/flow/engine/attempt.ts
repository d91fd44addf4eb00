import { TimedOutError } from "../../core/errors.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Session } from "./session.ts";

/**
 * Carries out one attempt under the session's signal and its own timeout.
 *
 * JavaScript cannot stop a function; what ends is the waiting for it. The body's signal aborts, and
 * whatever it still answers is ignored. A body that answers at once costs no promise and no listener.
 *
 * @param timeout ms; undefined for none.
 * @param onTimeout called when it is the timeout that ended the attempt.
 */
export function attempt(
  session: Session,
  what: string,
  timeout: number | undefined,
  body: (signal: AbortSignal) => unknown,
  onTimeout?: (error: TimedOutError) => void,
): unknown {
  const own = timeout === undefined ? null : new AbortController();
  const answer = body(own?.signal ?? session.signal);
  if (!isThenable(answer)) return answer;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const forget = session.onAbort((reason) => {
      clearTimeout(timer);
      own?.abort(reason);
      reject(reason);
    });
    if (timeout !== undefined) {
      timer = setTimeout(() => {
        forget();
        const error = timedOut(what, timeout);
        own?.abort(error);
        onTimeout?.(error);
        reject(error);
      }, timeout);
    }
    answer.then(
      (value) => {
        clearTimeout(timer);
        forget();
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        forget();
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
