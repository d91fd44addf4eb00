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

/** How long what a failed or cancelled body left on its way may take to end, ms. */
const GRACE_MS = 10_000;

/** Waits for `work`, but no longer than the grace; answers whether it ended. */
export async function withinGrace(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
