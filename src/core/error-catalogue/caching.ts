import { type Catalogue, entryOf } from "./entry.ts";

const refused = entryOf("RefusedError");
const timedOut = entryOf("TimedOutError");

/** Cache policies and keys. */
export const CACHING_ERRORS = {
  SEGNO_INVALID_CACHE_POLICY: refused(
    "A cache policy cannot be made of what was given, or contradicts another option of its task.",
    "Combine `INPUTS`, `TASK_SOURCE`, `FLOW_PARAMETERS`, `RUN_ID` and `cachePolicy(fn)` with `.plus()`, `.minus()` and `.configure()`.",
  ),
  SEGNO_UNKNOWN_PARAMETER: refused(
    "A cache policy leaves out a parameter that the task does not have, or whose name cannot be read because the function is bound or native.",
    "Use a parameter's name as the task's function has it; wrap a bound function in one with named parameters.",
  ),
  SEGNO_NO_TASK_SOURCE: refused(
    "A cache policy uses `TASK_SOURCE`, but the task's function is bound or native and has no source of its own.",
    "Wrap it in a function, or leave `TASK_SOURCE` out and put a version into `keyPrefix`.",
  ),
  SEGNO_CACHE_KEY_FAILED: refused(
    "A cache key function threw.",
    "Have it answer null for a call that cannot be cached.",
  ),
  SEGNO_INVALID_CACHE_KEY: refused(
    "A cache key function answered neither text nor null, or the key is too long to be kept.",
    "Return a text that is not empty, such as an id and a version; hash what makes it long, or use `INPUTS`, which does.",
  ),
  SEGNO_CACHE_LOCK_TIMEOUT: timedOut(
    "A task waited longer than its `lockTimeout` for another run that computes the same cache key.",
    "Raise `lockTimeout`, or leave it out to wait as long as it takes.",
  ),
} satisfies Catalogue;
