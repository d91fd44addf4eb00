import type { State } from "../state.ts";

/**
 * What a rule may have to ask, because the answer lies in the store.
 *
 * A rule asks only once the rules before it have let the transition through, so an answer may act:
 * "taken" means that the slot *is* taken. Whoever asked declares the effect that gives it back.
 */

/** What a full deployment does with one more run. */
export type CollisionStrategy = "ENQUEUE" | "CANCEL_NEW";

export interface Facts {
  /** Take one of the deployment's slots, with a lease that lasts its grace period. */
  readonly deploymentSlot:
    | { readonly outcome: "no-limit" | "limit-zero" | "deployment-missing" }
    | { readonly outcome: "taken"; readonly leaseId: string }
    | { readonly outcome: "full"; readonly strategy: CollisionStrategy };
  /** Renew the lease; where it was reaped, take a slot again under a new one. */
  readonly deploymentLease:
    | { readonly outcome: "no-limit" | "renewed" | "reaped-full" }
    | { readonly outcome: "reaped-reacquired"; readonly leaseId: string };
  /** Whether the deployment's slots are all taken. Takes none. */
  readonly deploymentLimit:
    | { readonly outcome: "no-limit" | "free" }
    | { readonly outcome: "full"; readonly strategy: CollisionStrategy };
  /** Take a slot of every limit on the task's tags, or none at all. */
  readonly tagSlots:
    | { readonly outcome: "no-limit" | "taken" }
    | { readonly outcome: "limit-zero"; readonly tag: string }
    | {
        readonly outcome: "full";
        readonly tags: readonly string[];
        /** µs that a slot is held on average, or null when nobody measured. */
        readonly averageOccupancy: number | null;
      };
  /** The newest state stored under the cache key that has not expired. */
  readonly cachedState: State | null;
}

/** What each question is about. */
export interface Subjects {
  readonly deploymentSlot: { readonly deploymentId: string; readonly flowRunId: string };
  readonly deploymentLease: {
    readonly deploymentId: string;
    readonly flowRunId: string;
    readonly leaseId: string;
  };
  readonly deploymentLimit: { readonly deploymentId: string };
  readonly tagSlots: { readonly taskRunId: string; readonly tags: readonly string[] };
  readonly cachedState: { readonly cacheKey: string };
}

export type FactName = keyof Facts;
export type FlowFactName = "deploymentSlot" | "deploymentLease" | "deploymentLimit";
export type TaskFactName = "tagSlots" | "cachedState";

export interface Question<F extends FactName> {
  readonly fact: F;
  readonly about: Subjects[F];
}

/** Facts that the caller has, or can look up at once; for those left out nothing is limited. */
export type KnownFacts<F extends FactName> = {
  readonly [K in F]?: Facts[K] | LookUp<K>;
};

type LookUp<F extends FactName> = (about: Subjects[F]) => Facts[F];

/** Answers at once. */
export type Oracle<F extends FactName> = {
  readonly [K in F]: LookUp<K>;
};

/** Answers when it can: a database on the other side of a connection. */
export type AsyncOracle<F extends FactName> = {
  readonly [K in F]: (about: Subjects[K]) => Facts[K] | Promise<Facts[K]>;
};

/** Something that may stop to ask before it has its result; see `drive.ts` for who answers. */
export type Deliberation<F extends FactName, Result> = Generator<Question<F>, Result, unknown>;

/** Asks, from inside a rule. */
export function* ask<F extends FactName>(fact: F, about: Subjects[F]): Deliberation<F, Facts[F]> {
  // A generator has one type for everything it is sent; the driver answers each question by its name.
  return (yield { fact, about }) as Facts[F];
}

/** Answers one question out of what the caller knows. */
export function answerFrom<F extends FactName>(known: KnownFacts<F>, fact: F): LookUp<F> {
  const answer: Facts[F] | LookUp<F> | undefined = known[fact];
  return isLookUp<F>(answer) ? answer : () => answer ?? NO_LIMITS[fact];
}

function isLookUp<F extends FactName>(answer: Facts[F] | LookUp<F> | undefined): answer is LookUp<F> {
  return typeof answer === "function";
}

/** What holds for a run that nobody limits. */
const NO_LIMITS: Facts = {
  deploymentSlot: { outcome: "no-limit" },
  deploymentLease: { outcome: "no-limit" },
  deploymentLimit: { outcome: "no-limit" },
  tagSlots: { outcome: "no-limit" },
  cachedState: null,
};
