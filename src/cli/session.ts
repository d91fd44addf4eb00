import type { Control } from "../client/control.ts";

/**
 * The control plane for one command, closed after it. Opening it marks the runs of dead processes
 * Crashed, so that no command shows a run as Running that is not.
 */
export async function withControl<T>(work: (control: Control) => Promise<T>): Promise<T> {
  const { openControl } = await import("../client/transport.ts");
  const control = await openControl();
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}
