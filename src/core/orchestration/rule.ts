import { STATE_TYPES, TERMINAL_STATE_TYPES, type State, type StateType } from "../state.ts";
import type { Effect } from "./effects.ts";
import type { Deliberation, FactName } from "./facts.ts";
import type { RunChanges, RunFacts } from "./run-facts.ts";
import type { OrchestrationSettings } from "./settings.ts";

/** Somebody asks that a run leave `initial` for `proposed`. */
export interface Transition<Run extends RunFacts> {
  readonly run: Run;
  readonly initial: State | null;
  readonly proposed: State;
  /** µs since the epoch. */
  readonly now: number;
  readonly newId: () => string;
  /** At least 0, below 1. */
  readonly random: () => number;
  /** The release of Prefect's client that asks, or one that behaves alike; null when unknown, taken as old. */
  readonly clientVersion: string | null;
  readonly settings: OrchestrationSettings;
}

/** States that a rule is about; `"NONE"` is a run that has no state yet. */
export type StateSet = ReadonlySet<StateType | "NONE">;

export const ANY_STATE: StateSet = new Set([...STATE_TYPES, "NONE"] as const);
export const TERMINAL: StateSet = new Set(TERMINAL_STATE_TYPES);

export function states(...types: readonly StateType[]): StateSet {
  return new Set(types);
}

export function anyStateBut(...types: readonly StateType[]): StateSet {
  const excluded = new Set<StateType | "NONE">(types);
  return new Set([...ANY_STATE].filter((type) => !excluded.has(type)));
}

interface RuleScope {
  readonly name: string;
  readonly from: StateSet;
  readonly to: StateSet;
}

/** A rule that decides from what it is given. */
export interface PlainRule<Run extends RunFacts> extends RuleScope {
  readonly decide: (transition: Transition<Run>) => Outcome<Run>;
}

/** A rule that may have to ask before it decides. */
export interface AskingRule<Run extends RunFacts, F extends FactName> extends RuleScope {
  readonly deliberate: (transition: Transition<Run>) => Deliberation<F, Outcome<Run>>;
}

/** What follows from every state that is stored, whichever rule chose it. */
export interface Consequence<Run extends RunFacts> {
  readonly name: string;
  readonly follow: (settled: Settled<Run>) => readonly Effect[];
}

/** A transition with its end known. */
export interface Settled<Run extends RunFacts> {
  readonly asked: Transition<Run>;
  /** What is stored. */
  readonly state: State;
  /** The run with everything that this transition changes. */
  readonly run: Run;
}

export type PolicyStep<Run extends RunFacts, F extends FactName> =
  PlainRule<Run> | AskingRule<Run, F> | Consequence<Run>;

/** Rules and consequences in the order in which they are heard. */
export type Policy<Run extends RunFacts, F extends FactName> = readonly PolicyStep<Run, F>[];

/** A rule let the transition through, perhaps with the proposal or the run changed. */
export interface Kept<Run> {
  readonly answer: "keep";
  /** The proposal from here on; its type stays. */
  readonly proposed?: State;
  readonly changes?: RunChanges<Run>;
  readonly effects?: readonly Effect[];
  /** Carried out instead of `effects` when a later rule changes the transition. */
  readonly cleanup?: readonly Effect[];
}

/** A rule ended the deliberation. */
export type Refused<Run> =
  | {
      readonly answer: "reject";
      /** Stored instead of the proposal; null: the run keeps the state that it has. */
      readonly state: State | null;
      readonly reason: string;
      readonly changes?: RunChanges<Run>;
    }
  | { readonly answer: "wait"; readonly seconds: number; readonly reason: string }
  | { readonly answer: "abort"; readonly reason: string };

export type Outcome<Run> = Kept<Run> | Refused<Run>;

export function keep<Run>(more: Omit<Kept<Run>, "answer"> = {}): Kept<Run> {
  return { answer: "keep", ...more };
}

export function reject<Run>(state: State, reason: string, changes: RunChanges<Run> = {}): Refused<Run> {
  return { answer: "reject", state, reason, changes };
}

/** Answers with the state that the run has; only for rules whose `from` leaves out `"NONE"`. */
export function rejectToCurrent(reason: string): Refused<RunFacts> {
  return { answer: "reject", state: null, reason };
}

export function wait(seconds: number, reason: string): Refused<RunFacts> {
  return { answer: "wait", seconds, reason };
}

export function abort(reason: string): Refused<RunFacts> {
  return { answer: "abort", reason };
}

/** For rules about leaving a state: a run that has none is let through. */
export function leaving<Run extends RunFacts>(
  decide: (transition: Transition<Run>, initial: State) => Outcome<Run>,
): (transition: Transition<Run>) => Outcome<Run> {
  return (transition) => (transition.initial === null ? keep() : decide(transition, transition.initial));
}
