import { newId, nowMicros } from "../client/time.ts";
import type { ConcurrencyLimit } from "../store/repositories/limits.ts";
import { checkLimitName } from "../store/limit-checks.ts";
import { withControl } from "./body-call.ts";
import { deskOf } from "./slots/desk.ts";

/**
 * Creates a concurrency limit or changes it; what is taken of it stays taken.
 *
 * @param limit slots; 0 lets nobody in.
 * @param options `slotDecayPerSecond` makes it a rate limit: slots come back with time.
 * @example
 * await setConcurrencyLimit("openai-embeddings", 5);
 * await setConcurrencyLimit("tag:gpu", 1); // of task runs that have the tag "gpu"
 */
export function setConcurrencyLimit(
  name: string,
  limit: number,
  options: { readonly slotDecayPerSecond?: number } = {},
): Promise<ConcurrencyLimit> {
  return withControl("effect", "set-concurrency-limit", async (control) => {
    const row = await control.limits.upsert({ id: newId(), name, limit, now: nowMicros(), ...options });
    deskOf(control).changed(name);
    return row;
  });
}

/**
 * The limit of that name, with the slots that are taken now; null if there is none.
 *
 * @example
 * const limit = await getConcurrencyLimit("openai-embeddings");
 * console.log(`${limit?.activeSlots ?? 0} of ${limit?.limit ?? "any number of"} slots are taken`);
 */
export async function getConcurrencyLimit(name: string): Promise<ConcurrencyLimit | null> {
  checkLimitName(name);
  return withControl("value", "get-concurrency-limit", (control) => control.limits.get(name));
}

/**
 * Deletes a limit: nothing waits for it any more. False if there was none.
 *
 * @example
 * await setConcurrencyLimit("openai-embeddings", 5);
 * await deleteConcurrencyLimit("openai-embeddings"); // true
 * await deleteConcurrencyLimit("openai-embeddings"); // false
 */
export async function deleteConcurrencyLimit(name: string): Promise<boolean> {
  checkLimitName(name);
  return withControl("effect", "delete-concurrency-limit", async (control) => {
    const deleted = await control.limits.delete(name);
    deskOf(control).changed(name);
    return deleted;
  });
}
