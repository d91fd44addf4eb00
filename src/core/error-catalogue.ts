import type { Catalogue } from "./error-catalogue/entry.ts";
import { CACHING_ERRORS } from "./error-catalogue/caching.ts";
import { CALL_ERRORS } from "./error-catalogue/calls.ts";
import { LIMIT_ERRORS } from "./error-catalogue/limits.ts";
import { RUN_ERRORS } from "./error-catalogue/runs.ts";
import { STORE_ERRORS } from "./error-catalogue/store.ts";
import { THREAD_ERRORS } from "./error-catalogue/threads.ts";
import { VALUE_ERRORS } from "./error-catalogue/values.ts";

export type { CatalogueEntry } from "./error-catalogue/entry.ts";

/**
 * Every code that an error can bear, with what follows, what happened and what to do.
 *
 * `docs/errors.md` is written from it, and a test holds it against the sources: a code that is thrown
 * and not listed fails, and so does one that is listed and never thrown.
 *
 * @example
 * const remedy = ERROR_CATALOGUE[error.code]?.remedy;
 */
export const ERROR_CATALOGUE: Catalogue = {
  ...CALL_ERRORS,
  ...VALUE_ERRORS,
  ...RUN_ERRORS,
  ...CACHING_ERRORS,
  ...LIMIT_ERRORS,
  ...THREAD_ERRORS,
  ...STORE_ERRORS,
};
