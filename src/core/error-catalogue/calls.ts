import { type Catalogue, entryOf } from "./entry.ts";

const refused = entryOf("RefusedError");

/** How flows and tasks are defined and called. */
export const CALL_ERRORS = {
  SEGNO_NAME_MISSING: refused(
    "A flow, task or step was defined without a name. A name is what a journal knows it by.",
    "Give `name` among the options, or define it of a named function.",
  ),
  SEGNO_INVALID_DEFINITION: refused(
    "`flow()`, `task()` or `step()` was given something other than options and a function.",
    'Call it as `task({ name: "…", …options }, async (…) => {…})`.',
  ),
  SEGNO_INVALID_OPTION: refused(
    "An option has a value that makes no sense. The message names the option and what it takes.",
    "Give what the message expects, or leave the option out.",
  ),
  SEGNO_RUN_NAME: refused(
    "A function that names runs answered something other than text.",
    "Return a text that is not empty, or use a template such as `load {path}`.",
  ),
  SEGNO_MAP_NOTHING: refused(
    "`.map()` was given no array to go over.",
    "Give an array (await a future first), or call `.submit()`.",
  ),
  SEGNO_MAP_LENGTH: refused(
    "`.map()` was given arrays of different lengths.",
    "Wrap what is the same for every call in `unmapped()`.",
  ),
  SEGNO_DUPLICATE_KEY: refused(
    "A task was called twice with one `key` in one run, so that the journal could not tell the calls apart.",
    "Give each call a key of its own, or leave `key` out to have calls counted.",
  ),
  SEGNO_ARGUMENT_TOO_DEEP: refused(
    "An argument is nested too deep to be searched for futures, or refers to itself.",
    "Give flat data, or wrap the value in `quote()` so that it is not searched.",
  ),
  SEGNO_NO_RUN: refused(
    "Something that belongs to a run was called where none is: outside a flow or a task.",
    "Call it from the body of a flow or a task, and not from a callback that outlives it.",
  ),
} satisfies Catalogue;
