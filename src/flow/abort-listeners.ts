type Listener = (reason: Error) => void;

const listeners = new WeakMap<AbortSignal, Set<Listener>>();

/**
 * Calls `listener` once when the signal aborts, or at once if it has; answers how to forget it.
 *
 * One real listener a signal, whatever the number of waiters: a thousand parallel tasks share their
 * run's signal, and Node warns of a leak at the eleventh.
 */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  if (signal.aborted) {
    listener(signal.reason as Error);
    return () => undefined;
  }
  const set = listeners.get(signal) ?? listenTo(signal);
  set.add(listener);
  return () => set.delete(listener);
}

function listenTo(signal: AbortSignal): Set<Listener> {
  const set = new Set<Listener>();
  listeners.set(signal, set);
  const tell = () => {
    const told = [...set];
    set.clear();
    for (const listener of told) listener(signal.reason as Error);
  };
  signal.addEventListener("abort", tell, { once: true });
  return set;
}
