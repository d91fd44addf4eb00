import { type Catalogue, entryOf } from "./entry.ts";

const refused = entryOf("RefusedError");

/** Tasks that run in worker threads. */
export const THREAD_ERRORS = {
  SEGNO_NOT_CLONEABLE: refused(
    "An argument or a result of a task cannot cross between threads: it holds a function, an open handle or the like.",
    "Give and return plain data, or take the task out of `threads()`.",
  ),
  SEGNO_THREAD_STORE: refused(
    "A module that a worker thread loaded was to open the store, as if it were the program.",
    "Put `if (isMain(import.meta))` around what runs the flow, so that loading the module starts nothing.",
  ),
  SEGNO_THREAD_LOAD: refused(
    "A worker thread could not load the file that defines the task; the cause says why.",
    "Have the module load by itself: no top-level code that needs the program around it.",
  ),
  SEGNO_THREAD_NO_FILE: refused(
    "Which file defines the task is not known, so no worker thread can load it.",
    "Define the task in a module of its own that the program imports.",
  ),
  SEGNO_THREAD_TASK_UNKNOWN: refused(
    "A worker thread loaded the task's file and found no task of that name there.",
    "Define the task at the top of its module, under the name it is called by: not in a function, and not behind `isMain()`.",
  ),
  SEGNO_THREAD_CALL: refused(
    "A task in a worker thread called a task, a step or a flow.",
    "Call it from the flow, or take the task out of `threads()` with `taskRunner: concurrent(…)`.",
  ),
} satisfies Catalogue;
