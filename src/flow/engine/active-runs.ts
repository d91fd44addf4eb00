import type { StoppedError } from "../../core/errors.ts";

/** A run that this process executes, as others in the process need it. */
export interface ActiveRun {
  readonly id: string;
  /** Settles as the run does. */
  readonly outcome: Promise<unknown>;
  cancel(message: string): void;
  /** Marks the run and its calls as interrupted and lets go of it; resolves when that is queued. */
  interrupt(error: StoppedError): void;
}

const active = new Map<string, ActiveRun>();
const listeners = new Set<(count: number) => void>();

export function activeRun(id: string): ActiveRun | undefined {
  return active.get(id);
}

export function activeRuns(): readonly ActiveRun[] {
  return [...active.values()];
}

export function addActiveRun(run: ActiveRun): void {
  active.set(run.id, run);
  for (const listener of listeners) listener(active.size);
}

export function removeActiveRun(id: string): void {
  active.delete(id);
  for (const listener of listeners) listener(active.size);
}

/** Tells whenever the number of active runs changes. */
export function onActiveRuns(listener: (count: number) => void): void {
  listeners.add(listener);
}
