import { StoppedError } from "../core/errors.ts";
import { activeRuns, onActiveRuns } from "./engine/active-runs.ts";
import { getControl } from "./control.ts";

/**
 * A process told to stop (SIGTERM, Ctrl-C) marks its runs, writes what is queued, and goes: the runs
 * are Crashed at once and not only when somebody notices, and each can be resumed.
 *
 * The handlers stand only while something runs, so that an idle program ends as it always did. A
 * second signal ends the process without waiting.
 */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

let installed = false;

function onSignal(signal: Signal): void {
  uninstall();
  const runs = activeRuns();
  // Subflows first: a parent that stops would stop them, which their code would be told of.
  for (const run of runs.toReversed()) run.interrupt(interrupted(signal));
  void flushAndGo(
    signal,
    runs.map((run) => run.id),
  );
}

async function flushAndGo(signal: Signal, ids: readonly string[]): Promise<void> {
  try {
    const control = await getControl();
    await control.close();
    const [id] = ids;
    if (id !== undefined)
      process.stderr.write(`\n${signal}: the run is kept. Go on with: ${resumeCommand(id)}\n`);
  } finally {
    // Somebody else's handler decides over the process; without one it ends as the signal would have it.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  }
}

/** What to type: with the home, if it is not the one that a new shell would look in. */
function resumeCommand(id: string): string {
  const home = process.env["SEGNO_HOME"];
  return `${home === undefined ? "" : `SEGNO_HOME=${home} `}segno flow-run resume ${id}`;
}

function interrupted(signal: Signal): StoppedError {
  return new StoppedError({
    code: "SEGNO_INTERRUPTED",
    message: `The process was told to stop (${signal}).`,
    help: "Resume the run to go on where it stopped.",
    facts: { signal },
  });
}

function install(): void {
  if (installed) return;
  installed = true;
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function uninstall(): void {
  if (!installed) return;
  installed = false;
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

/** Called once, when the SDK is loaded. */
export function watchSignals(): void {
  onActiveRuns((count) => (count > 0 ? install() : uninstall()));
}
