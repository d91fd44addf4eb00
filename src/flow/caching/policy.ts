import type { Duration } from "../../core/duration.ts";
import { parseDuration } from "../../core/duration.ts";
import { RefusedError } from "../../core/errors.ts";

/** The call that a cache key is made for. */
export interface CacheContext<Args extends readonly unknown[] = readonly unknown[]> {
  readonly taskName: string;
  readonly args: Args;
  /** The flow's input; undefined outside a flow. */
  readonly parameters: unknown;
  /** Null outside a flow. */
  readonly flowRunId: string | null;
}

/** Answers a call's key, or null when this call is not to be cached. */
export type CacheKeyFunction<Args extends readonly unknown[] = readonly unknown[]> = (
  context: CacheContext<Args>,
) => string | null | Promise<string | null>;

/**
 * Who may compute one key at a time.
 *
 * `read-committed`: calls that ask for a key before its first result is there all compute it.
 * `serializable`: one computes, the others wait for its result, across processes.
 */
export type CacheIsolation = "read-committed" | "serializable";

/** What a policy says besides what its key is made of. */
export interface CacheConfiguration {
  /** Default `read-committed`. */
  readonly isolation?: CacheIsolation;
  /** Stands before every key: a namespace, or a version to start afresh with. */
  readonly keyPrefix?: string;
  /** With `serializable`: how long a call waits for another's computation before it fails. Default: as long as it takes. */
  readonly lockTimeout?: Duration;
}

/**
 * What a task's cache key is made of.
 *
 * Policies are values: each method answers a new one.
 *
 * @example
 * task({ name: "embed", cachePolicy: INPUTS.plus(TASK_SOURCE).minus("client") }, embed);
 */
export interface CachePolicy<Args extends readonly unknown[] = readonly unknown[]> {
  readonly parts: readonly KeyPart[];
  readonly configuration: CacheConfiguration;
  /** Carries the type only: a policy for one kind of arguments does not fit a task with others. */
  readonly takes?: (args: Args) => void;
  /** Both: a key for each combination. `NONE` adds nothing. */
  plus<Others extends Args>(other: CachePolicy<Others>): CachePolicy<Others>;
  /**
   * Leaves arguments out of the key, by the parameter's name: of a destructured parameter the
   * property's name, of an object a path (`"options.debug"`).
   *
   * @throws RefusedError `SEGNO_INVALID_CACHE_POLICY` when the policy has no inputs to leave out of.
   */
  minus(...names: readonly string[]): CachePolicy<Args>;
  /** @throws RefusedError when a value cannot be meant. */
  configure(configuration: CacheConfiguration): CachePolicy<Args>;
}

/** One thing that goes into a key. */
export type KeyPart =
  | { readonly kind: "inputs"; readonly without: readonly string[] }
  | { readonly kind: "task-source" }
  | { readonly kind: "flow-parameters" }
  | { readonly kind: "run-id" }
  | { readonly kind: "function"; readonly fn: CacheKeyFunction<never> };

class Policy implements CachePolicy {
  readonly parts: readonly KeyPart[];
  readonly configuration: CacheConfiguration;

  constructor(parts: readonly KeyPart[], configuration: CacheConfiguration = {}) {
    this.parts = parts;
    this.configuration = configuration;
    Object.freeze(this);
  }

  plus(other: CachePolicy): CachePolicy {
    if (!isCachePolicy(other)) throw invalid("plus() takes another policy", other);
    const parts = other.parts.reduce(addPart, this.parts);
    return new Policy(parts, agreed(this.configuration, other.configuration));
  }

  minus(...names: readonly string[]): CachePolicy {
    const odd = names.find((name) => typeof name !== "string" || name === "");
    if (odd !== undefined) throw invalid("minus() takes names of parameters", odd);
    if (!this.parts.some((part) => part.kind === "inputs")) {
      throw invalid(
        `minus(${names.map((name) => JSON.stringify(name)).join(", ")}) needs a policy with INPUTS`,
        this.parts.map((part) => part.kind).join(" + ") || "NONE",
      );
    }
    const parts = this.parts.map((part) =>
      part.kind === "inputs" ? { ...part, without: union(part.without, names) } : part,
    );
    return new Policy(parts, this.configuration);
  }

  configure(configuration: CacheConfiguration): CachePolicy {
    checkConfiguration(configuration);
    return new Policy(this.parts, { ...this.configuration, ...configuration });
  }
}

/**
 * The task's arguments.
 *
 * @example
 * task({ name: "embed", cachePolicy: INPUTS }, embed);
 */
export const INPUTS: CachePolicy = new Policy([{ kind: "inputs", without: [] }]);
/**
 * The text of the task's own function: a change of it makes other keys. What it calls is not looked at.
 *
 * @example
 * task({ name: "embed", cachePolicy: INPUTS.plus(TASK_SOURCE) }, embed);
 */
export const TASK_SOURCE: CachePolicy = new Policy([{ kind: "task-source" }]);
/**
 * The input of the flow that calls the task.
 *
 * @example
 * task({ name: "load-corpus", cachePolicy: FLOW_PARAMETERS }, loadCorpus);
 */
export const FLOW_PARAMETERS: CachePolicy = new Policy([{ kind: "flow-parameters" }]);
/**
 * The flow run: what is cached is cached for this run only.
 *
 * @example
 * task({ name: "list-files", cachePolicy: RUN_ID }, listFiles); // once a run
 */
export const RUN_ID: CachePolicy = new Policy([{ kind: "run-id" }]);
/**
 * `INPUTS + TASK_SOURCE + RUN_ID`: equal calls of one run are computed once.
 *
 * @example
 * task({ name: "embed", cachePolicy: DEFAULT }, embed);
 */
export const DEFAULT: CachePolicy = INPUTS.plus(TASK_SOURCE).plus(RUN_ID);
/**
 * No caching; also the default of a task.
 *
 * @example
 * const fresh = task({ name: "embed", cachePolicy: INPUTS }, embed).with({ cachePolicy: NONE });
 */
export const NONE: CachePolicy = new Policy([]);
/**
 * Prefect's other name for {@link NONE}.
 *
 * @example
 * const fresh = task({ name: "embed", cachePolicy: INPUTS }, embed).with({ cachePolicy: NO_CACHE });
 */
export const NO_CACHE: CachePolicy = new Policy([]);

/**
 * A policy from a function of the call. By itself its key is taken as it is, so that several tasks
 * can share one; with others (`plus`) it is one part of the key. Null: this call is not cached.
 *
 * @example
 * cachePolicy<[User]>(({ args: [user] }) => `profile-${user.id}-${user.version}`);
 */
export function cachePolicy<Args extends readonly unknown[] = readonly unknown[]>(
  fn: CacheKeyFunction<Args>,
): CachePolicy<Args> {
  if (typeof fn !== "function")
    throw invalid("cachePolicy() takes a function that answers a key or null", fn);
  return new Policy([{ kind: "function", fn }]);
}

/** True also for policies of another copy of this package. */
export function isCachePolicy(value: unknown): value is CachePolicy {
  if (typeof value !== "object" || value === null) return false;
  const { parts, configuration } = value as Partial<CachePolicy>;
  return Array.isArray(parts) && typeof configuration === "object";
}

function addPart(parts: readonly KeyPart[], added: KeyPart): readonly KeyPart[] {
  if (added.kind === "function") return parts.includes(added) ? parts : [...parts, added];
  const same = parts.find((part) => part.kind === added.kind);
  if (same === undefined) return [...parts, added];
  if (same.kind !== "inputs" || added.kind !== "inputs") return parts;
  const both: KeyPart = { kind: "inputs", without: union(same.without, added.without) };
  return parts.map((part) => (part === same ? both : part));
}

function union(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])].sort();
}

/** Two policies that say different things of one matter cannot both be meant. */
function agreed(left: CacheConfiguration, right: CacheConfiguration): CacheConfiguration {
  for (const option of ["isolation", "keyPrefix", "lockTimeout"] as const) {
    const [one, other] = [left[option], right[option]];
    if (one === undefined || other === undefined || one === other) continue;
    throw invalid(
      `two policies with a different ${option} cannot be added`,
      `${JSON.stringify(one)} and ${JSON.stringify(other)}`,
    );
  }
  return { ...left, ...right };
}

const OPTIONS = ["isolation", "keyPrefix", "lockTimeout"];

function checkConfiguration(configuration: CacheConfiguration): void {
  if (typeof configuration !== "object" || configuration === null) {
    throw invalid("configure() takes { isolation, keyPrefix, lockTimeout }", configuration);
  }
  const unknown = Object.keys(configuration).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) throw invalid(`configure() takes ${OPTIONS.join(", ")}`, unknown);
  const { isolation, keyPrefix, lockTimeout } = configuration;
  if (isolation !== undefined) checkIsolation(isolation, "configure({ isolation })");
  if (keyPrefix !== undefined && typeof keyPrefix !== "string") {
    throw invalid("configure({ keyPrefix }) takes text", keyPrefix);
  }
  if (lockTimeout !== undefined) parseDuration(lockTimeout, "configure({ lockTimeout })");
}

/** @throws RefusedError unless it is an isolation. */
export function checkIsolation(isolation: unknown, what: string): void {
  if (isolation === "read-committed" || isolation === "serializable") return;
  throw invalid(`${what} is "read-committed" or "serializable"`, isolation);
}

function invalid(expected: string, got: unknown): RefusedError {
  const shown = typeof got === "string" ? got : got === null ? "null" : typeof got;
  return new RefusedError({
    code: "SEGNO_INVALID_CACHE_POLICY",
    message: `A cache policy cannot be made: ${expected}; got ${shown}.`,
    help: "Combine INPUTS, TASK_SOURCE, FLOW_PARAMETERS, RUN_ID and cachePolicy(fn) with .plus(), .minus() and .configure().",
    facts: { expected, got: shown },
  });
}
