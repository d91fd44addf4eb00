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
  SEGNO_NO_TASK: refused(
    "Something that belongs to a task (a heartbeat) was called in the body of a flow.",
    "Call it from a task or a step; a flow's progress is its journal.",
  ),
  SEGNO_FLOW_UNKNOWN: refused(
    "A run cannot be resumed here, because its flow is not defined in this process.",
    "Import the file that defines the flow first.",
  ),
  SEGNO_RUN_CANCELLED: refused(
    "A run that was cancelled does not go on.",
    "Start another run, with another idempotency key if it has one.",
  ),
  SEGNO_PATCH_UNKNOWN_YET: refused(
    "`patched()` was called in the middle of a burst of calls that the journal is still read for, so that no answer would be certain.",
    "Await `patched()` before the calls that fan out.",
  ),
  SEGNO_TRANSACTION_ENDED: refused(
    "A task was called in a transaction that has ended.",
    "Await everything that the transaction's block begins before it returns.",
  ),
  SEGNO_INVALID_ARTIFACT: refused(
    "An artifact's content is of the wrong kind, or its progress is not from 0 to 100.",
    "Give what people should read: text, rows of plain values, a link, or a percentage.",
  ),
  SEGNO_INVALID_EVENT: refused(
    "An event has no name or no resource, or labels that are not text.",
    'Write `emitEvent({ event: "invoice.paid", resource: "invoice.7", payload: { … } })`.',
  ),
  SEGNO_USAGE: refused(
    "The `segno` command was called wrong in a way that its options alone do not show.",
    "Look at the command's `--help`.",
  ),
} satisfies Catalogue;
