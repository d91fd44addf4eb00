import type { State } from "../state.ts";
import type { Transition } from "./rule.ts";
import type { RunFacts } from "./run-facts.ts";
import { DEFAULT_SETTINGS, type OrchestrationSettings } from "./settings.ts";

/** What every proposal says, whatever kind of run it is for. */
export interface ProposalInit {
  /** The run's state now, or null when it has none. */
  readonly initial: State | null;
  readonly proposed: State;
  /** µs since the epoch. */
  readonly now: number;
  /** Makes ids for states that the rules make. */
  readonly newId: () => string;
  /** Only the minimal policy is heard. The bookkeeping is done all the same. */
  readonly force?: boolean;
  /** See {@link Transition.clientVersion}. */
  readonly clientVersion?: string | null;
  /** For jitter: at least 0, below 1. Unless given, delays are not spread. */
  readonly random?: () => number;
  readonly settings?: Partial<OrchestrationSettings>;
}

export function transitionOf<Run extends RunFacts>(run: Run, proposal: ProposalInit): Transition<Run> {
  const { initial, proposed, now, newId } = proposal;
  return {
    run,
    initial,
    proposed,
    now,
    newId,
    random: proposal.random ?? middle,
    clientVersion: proposal.clientVersion ?? null,
    settings: { ...DEFAULT_SETTINGS, ...proposal.settings },
  };
}

function middle(): number {
  return 0.5;
}
