import type { Session } from "./session.ts";

/** setTimeout's own limit; longer waits are made of several. */
const LONGEST = 2 ** 31 - 1;

/** Waits for `ms`, or rejects with the reason when the session aborts first. */
export function pause(ms: number, session: Session): Promise<void> {
  if (ms <= 0 && !session.signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const due = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = (left: number) => {
      timer = setTimeout(check, Math.min(left, LONGEST));
    };
    const check = () => {
      const left = due - performance.now();
      if (left > 0) {
        arm(Math.max(1, left));
        return;
      }
      forget();
      resolve();
    };
    const forget = session.onAbort((reason) => {
      clearTimeout(timer);
      reject(reason);
    });
    if (!session.signal.aborted) arm(ms);
  });
}

/** Settles as `work` does, or rejects with the reason when the session aborts first. */
export function unlessAborted<T>(work: Promise<T>, session: Session): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = session.onAbort(reject);
    work.then(
      (value) => {
        forget();
        resolve(value);
      },
      (error: unknown) => {
        forget();
        reject(error);
      },
    );
  });
}
