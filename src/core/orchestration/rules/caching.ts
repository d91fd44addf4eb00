import { ask } from "../facts.ts";
import { ANY_STATE, keep, reject, states, type AskingRule, type PlainRule } from "../rule.ts";
import type { RunFacts } from "../run-facts.ts";

/** Work that was done before under the same key is not done again. */
export const cacheRetrieval: AskingRule<RunFacts, "cachedState"> = {
  name: "CacheRetrieval",
  from: ANY_STATE,
  to: states("RUNNING"),
  *deliberate({ proposed, now, newId }) {
    const { cacheKey, refreshCache } = proposed.details;
    if (cacheKey === undefined || refreshCache === true) return keep();
    const cached = yield* ask("cachedState", { cacheKey });
    if (cached === null) return keep();
    return reject({ ...cached, id: newId(), timestamp: now, name: "Cached" }, "The result was cached.");
  },
};

export const cacheInsertion: PlainRule<RunFacts> = {
  name: "CacheInsertion",
  from: ANY_STATE,
  to: states("COMPLETED"),
  decide({ proposed, settings }) {
    const { cacheKey, cacheExpiration } = proposed.details;
    if (cacheKey === undefined) return keep();
    if (cacheKey.length > settings.maxCacheKeyLength) {
      // The work is done: the state is stored as proposed, only not under its key.
      return reject(
        proposed,
        `The cache key has ${cacheKey.length} characters, more than the ${settings.maxCacheKeyLength} allowed.`,
      );
    }
    const expiration = cacheExpiration ?? null;
    return keep({ effects: [{ kind: "insert-cache", cacheKey, expiration, stateId: proposed.id }] });
  },
};
