import type { Control } from "../client/control.ts";

/**
 * The control plane for one command, closed after it. Opening it marks the runs of dead processes
 * Crashed, so that no command shows a run as Running that is not.
 *
 * The one place that decides which transport commands speak through.
 */
export async function withControl<T>(work: (control: Control) => Promise<T>): Promise<T> {
  const [{ getSettings }, { EmbeddedControl }] = await Promise.all([
    import("../client/settings/settings.ts"),
    import("../client/embedded.ts"),
  ]);
  const control = await EmbeddedControl.open(getSettings());
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}
