import type { State } from "../state.ts";
import type { Effect } from "./effects.ts";
import type { Deliberation, FactName } from "./facts.ts";
import type { Consequence, Kept, Policy, PolicyStep, Refused, Settled, Transition } from "./rule.ts";
import type { RunChanges, RunFacts } from "./run-facts.ts";
import { withDetails } from "./state-facts.ts";
import type { Transform } from "./transforms.ts";

/** The answer to a proposal. */
export interface Orchestration<Run> {
  readonly status: "ACCEPT" | "REJECT" | "WAIT" | "ABORT";
  readonly details: AnswerDetails;
  /** The state that the run has now: a new one, or the one that it had; null when it has none. */
  readonly state: State | null;
  /** Whether `state` is new and has to be stored, together with `changes`. */
  readonly stored: boolean;
  /** What to update on the run's row; empty unless `stored`. */
  readonly changes: RunChanges<Run>;
  /** To be carried out in the same transaction, in this order, also when nothing is stored. */
  readonly effects: readonly Effect[];
  /** The rules that were heard and the consequences that followed, by name: why this is the answer. */
  readonly fired: readonly string[];
}

/** As in the API's answer, with `delay_seconds` in camelCase. */
export type AnswerDetails =
  | { readonly type: "accept_details" }
  /** The run did not get the proposed state: whoever asked adopts the answer's state instead. */
  | { readonly type: "reject_details"; readonly reason: string }
  /** Nothing is stored; ask again then. */
  | { readonly type: "wait_details"; readonly delaySeconds: number; readonly reason: string }
  /** Nothing is stored; whoever asked must stop. */
  | { readonly type: "abort_details"; readonly reason: string };

/**
 * Hears the rules in order, and settles what comes of the transition.
 *
 * 1. A rule is heard if the transition *as it was proposed* lies in its `from` and `to`.
 * 2. A rule that lets it through may change the proposal (never its type) and the run; the next
 *    rules see both as changed.
 * 3. The first rule that rejects, delays or aborts ends the hearing: the transition that the later
 *    rules are about will not take place (they fizzle).
 * 4. If the state to be stored has the type proposed, what the rules before changed and declared
 *    stands. Otherwise it is dropped, and their cleanups are carried out, the last rule's first.
 * 5. If a state is to be stored at all, transforms and consequences follow.
 */
export function* orchestrate<Run extends RunFacts, F extends FactName>(
  asked: Transition<Run>,
  policy: Policy<Run, F>,
  transforms: readonly Transform<Run>[],
): Deliberation<F, Orchestration<Run>> {
  const { kept, refused, proposed, fired } = yield* hear(asked, policy);
  const validated = refused === null ? proposed : replacementOf(refused, asked.proposed);

  const stands = validated?.type === asked.proposed.type;
  const effects = stands
    ? kept.flatMap((outcome) => outcome.effects ?? [])
    : kept.toReversed().flatMap((outcome) => outcome.cleanup ?? []);
  if (validated === null) {
    return { ...answer(refused), state: asked.initial, stored: false, changes: {}, effects, fired };
  }

  const decided: (RunChanges<Run> | undefined)[] = stands ? kept.map((outcome) => outcome.changes) : [];
  if (refused?.answer === "reject") decided.push(refused.changes);
  const { settled, changes } = applyTransforms(asked, validated, merge(decided), transforms);

  const consequences = policy.filter(isConsequence);
  const followers = [...consequences, ...transforms];
  return {
    ...answer(refused),
    state: settled.state,
    stored: true,
    changes,
    effects: [...effects, ...followers.flatMap((follower) => follower.follow?.(settled) ?? [])],
    fired: [...fired, ...consequences.map((consequence) => consequence.name)],
  };
}

/**
 * What a rule stores instead of the proposal, if anything. It bears the proposal's transition id, so
 * that a client which lost this answer and asks again gets it again.
 */
function replacementOf(refused: Refused<unknown>, { details: { transitionId } }: State): State | null {
  if (refused.answer !== "reject" || refused.state === null) return null;
  return withDetails(refused.state, { transitionId });
}

interface Hearing<Run> {
  readonly kept: readonly Kept<Run>[];
  /** What ended the hearing, if a rule did. */
  readonly refused: Refused<Run> | null;
  /** As the rules changed it. */
  readonly proposed: State;
  readonly fired: readonly string[];
}

function* hear<Run extends RunFacts, F extends FactName>(
  asked: Transition<Run>,
  policy: Policy<Run, F>,
): Deliberation<F, Hearing<Run>> {
  const kept: Kept<Run>[] = [];
  const fired: string[] = [];
  let transition = asked;
  for (const step of policy) {
    if (isConsequence(step)) continue;
    if (!step.from.has(asked.initial?.type ?? "NONE") || !step.to.has(asked.proposed.type)) continue;
    fired.push(step.name);
    const outcome = "decide" in step ? step.decide(transition) : yield* step.deliberate(transition);
    if (outcome.answer !== "keep") return { kept, refused: outcome, proposed: transition.proposed, fired };
    kept.push(outcome);
    const proposed = outcome.proposed ?? transition.proposed;
    transition = { ...transition, proposed, run: { ...transition.run, ...outcome.changes } };
  }
  return { kept, refused: null, proposed: transition.proposed, fired };
}

function applyTransforms<Run extends RunFacts>(
  asked: Transition<Run>,
  validated: State,
  decided: RunChanges<Run>,
  transforms: readonly Transform<Run>[],
): { settled: Settled<Run>; changes: RunChanges<Run> } {
  let changes = decided;
  let settled: Settled<Run> = { asked, state: validated, run: { ...asked.run, ...decided } };
  for (const transform of transforms) {
    const adjusted = transform.apply?.(settled);
    if (adjusted === undefined) continue;
    changes = { ...changes, ...adjusted.changes };
    const state = adjusted.state ?? settled.state;
    settled = { asked, state, run: { ...settled.run, ...adjusted.changes } };
  }
  return { settled, changes };
}

function merge<Run>(all: readonly (RunChanges<Run> | undefined)[]): RunChanges<Run> {
  return all.reduce<RunChanges<Run>>((merged, changes) => ({ ...merged, ...changes }), {});
}

function isConsequence<Run extends RunFacts, F extends FactName>(
  step: PolicyStep<Run, F>,
): step is Consequence<Run> {
  return "follow" in step;
}

function answer(refused: Refused<unknown> | null): Pick<Orchestration<unknown>, "status" | "details"> {
  switch (refused?.answer) {
    case undefined:
      return { status: "ACCEPT", details: { type: "accept_details" } };
    case "reject":
      return { status: "REJECT", details: { type: "reject_details", reason: refused.reason } };
    case "wait": {
      const { seconds: delaySeconds, reason } = refused;
      return { status: "WAIT", details: { type: "wait_details", delaySeconds, reason } };
    }
    case "abort":
      return { status: "ABORT", details: { type: "abort_details", reason: refused.reason } };
  }
}
