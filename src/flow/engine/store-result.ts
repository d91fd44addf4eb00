import type { StoredValue } from "../../core/run.ts";
import type { ResultStorage } from "../../store/results/result-storage.ts";
import type { Serializer } from "../../store/results/serializers.ts";
import { encodeInline, storeText, storeValue } from "../../store/results/values.ts";

export interface KeepOptions {
  readonly persistResult?: boolean | undefined;
  readonly serializer?: string | Serializer | undefined;
}

/**
 * A result as its row will hold it; null when it is not to be kept. A small value is answered at once.
 *
 * @param what names the value in an error: `the result of task "embed"`.
 */
export function storeResult(
  value: unknown,
  what: string,
  options: KeepOptions,
  storage: ResultStorage,
): StoredValue | null | Promise<StoredValue> {
  const { persistResult, serializer } = options;
  if (persistResult === false) return null;
  if (serializer !== undefined && serializer !== "json")
    return storeValue(value, { what, storage, serializer });
  const encoded = encodeInline(value, what);
  return "tooLarge" in encoded ? storeText(encoded.tooLarge, storage) : encoded;
}
