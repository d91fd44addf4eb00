import { RefusedError } from "../core/errors.ts";

/** The command was called wrong in a way that its options alone do not show. */
export function usageError(message: string, help?: string): RefusedError {
  return new RefusedError({ code: "SEGNO_USAGE", message, ...(help === undefined ? {} : { help }) });
}
