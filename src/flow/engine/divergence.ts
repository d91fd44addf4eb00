import { ReplayError } from "../../core/errors.ts";
import { formatDuration } from "../../core/duration.ts";
import { errorMessage } from "../../core/recorded-error.ts";
import type { JournalEntry } from "../../core/run.ts";
import { callSite } from "../call-site.ts";
import type { CallSpec } from "./call.ts";
import type { Ticket } from "./scope.ts";

/**
 * What is said when code and journal disagree: both sides, the line, and what to do. The run is left
 * as it is; nothing is guessed.
 */
const HELP =
  "The code of the flow changed since the run began, or it depends on something the journal does not record. " +
  'Keep the old branch for old runs with `if (await patched("…"))`, run the version it began with, or start a new run; ' +
  "take times, random numbers and ids from `clock`, `random` and `uuid`.";

export function divergence(
  flowName: string,
  recorded: JournalEntry,
  ticket: Ticket,
  spec: CallSpec,
  site: Error | undefined,
): ReplayError {
  const line = callSite(site ?? new Error("call site")) ?? "an unknown line";
  return new ReplayError({
    code: "SEGNO_REPLAY_DIVERGED",
    message:
      `Flow "${flowName}" asked for something other than its journal holds, at call ${ticket.seq}.\n` +
      `  journal: ${describe(recorded.kind, recorded.taskKey, recorded.dynamicKey)}\n` +
      `  code:    ${describe(spec.kind, spec.taskKey, ticket.dynamicKey)}, at ${line}`,
    help: HELP,
    facts: {
      call: ticket.seq,
      recorded: { kind: recorded.kind, name: recorded.taskKey, key: recorded.dynamicKey, id: recorded.id },
      asked: { kind: spec.kind, name: spec.taskKey, key: ticket.dynamicKey, line },
    },
  });
}

export function missingCalls(
  flowName: string,
  calls: {
    readonly made: number;
    readonly recorded: number;
    readonly next: JournalEntry | null;
    /** What the body threw, if it did. */
    readonly error: unknown;
  },
): ReplayError {
  const { made, recorded, next, error } = calls;
  const expected = next === null ? "" : `, the next ${describe(next.kind, next.taskKey, next.dynamicKey)}`;
  const ended = error === undefined ? "ended" : `threw "${errorMessage(error)}"`;
  return new ReplayError({
    code: "SEGNO_REPLAY_ENDED_EARLY",
    message: `Flow "${flowName}" ${ended} after ${made} calls; its journal holds ${recorded}${expected}.`,
    help: HELP,
    facts: { made, recorded, next: next?.taskKey ?? null },
    cause: error,
  });
}

export function stalled(flowName: string, next: number, timeout: number): ReplayError {
  return new ReplayError({
    code: "SEGNO_REPLAY_STALLED",
    message:
      `Flow "${flowName}" has not asked for what its journal gave it next (outcome ${next}) for ` +
      `${formatDuration(timeout)}, while it waits for later ones.`,
    help: `${HELP} If the flow's own code is just slow here, raise SEGNO_REPLAY_STALL_TIMEOUT or put the work into a task.`,
    facts: { next, timeout },
  });
}

function describe(kind: string, name: string, key: string): string {
  const which = key.startsWith(":")
    ? `key ${JSON.stringify(key.slice(1))}`
    : `call ${Number(key) + 1} of that name`;
  return `${kind} "${name}" (${which})`;
}
