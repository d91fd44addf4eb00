import type { Control } from "../client/control.ts";

/**
 * The control plane of this process: opened at the first run, shared by all, closed by nobody but
 * tests (what is queued is written before the process ends, and a closed file has nothing to add).
 */
const KEY = Symbol.for("segno.control.v1");
const shared = globalThis as { [KEY]?: Promise<Control> | undefined };

/**
 * The control plane: what programs read runs with. Opened when it is first asked for.
 *
 * @example
 * const { flowRuns } = await (await getControl()).repositories();
 * const newest = await flowRuns.list({ flowName: "ingest" }, { limit: 1 });
 */
export function getControl(): Promise<Control> {
  shared[KEY] ??= open();
  return shared[KEY];
}

async function open(): Promise<Control> {
  try {
    const { openControl } = await import("../client/transport.ts");
    return await openControl();
  } catch (error) {
    // The next run tries again: the cause may be gone.
    shared[KEY] = undefined;
    throw error;
  }
}

/** From now on, this thread has no control plane: whoever asks for it gets the error. */
export function refuseControl(refusal: Error): void {
  const refused = refuse(refusal);
  refused.catch(() => undefined);
  shared[KEY] = refused;
}

/**
 * Writes what is queued and lets go of the store; the next run opens it again. For programs that end
 * without ending their process, and for tests.
 *
 * @example
 * afterEach(() => closeSegno());
 */
export async function closeSegno(): Promise<void> {
  const open = shared[KEY];
  shared[KEY] = undefined;
  if (open !== undefined) await (await open).close();
}

async function refuse(error: Error): Promise<never> {
  throw error;
}
