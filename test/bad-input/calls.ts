import { z } from "zod";
import { asCompleted, flow, isMain, resumeFlowRun, step, tags, task, wait } from "../../src/index.ts";
import { circular, type Row, wrong } from "./row.ts";

const load = task({ name: "load" }, async (path: unknown) => path);
const add = task({ name: "add" }, async (a: unknown, b: unknown) => [a, b]);
const checked = flow({ name: "checked", input: z.object({ paths: z.array(z.string()) }) }, async () => 1);
const free = flow({ name: "free" }, async (input: unknown) => typeof input);
const inputless = flow({ name: "inputless" }, async () => 1);

class Socket {
  readonly open = true;
}

/** Calls of tasks and flows that cannot be meant, and values that cannot be kept. */
export const CALLS: readonly Row[] = [
  {
    of: "task",
    about: "map over nothing",
    call: () => load.map(wrong("a.md")),
    code: "SEGNO_MAP_NOTHING",
    says: ['"load".map()', "at least one array", "none"],
  },
  {
    of: "task",
    about: "map over a future",
    in: "flow",
    call: () => load.map(wrong(load.submit(["a"]))),
    code: "SEGNO_MAP_NOTHING",
    says: ["future", "argument 1"],
  },
  {
    of: "task",
    about: "map over arrays of two lengths",
    call: () => add.map([1, 2], [1, 2, 3]),
    code: "SEGNO_MAP_LENGTH",
    says: ["one length", "2 items", "3"],
  },
  {
    of: "task",
    about: "an argument that holds itself",
    in: "flow",
    call: () => load(circular()),
    code: "SEGNO_ARGUMENT_TOO_DEEP",
    says: ["200", "refers to itself"],
  },
  {
    of: "task",
    about: "a result that holds itself",
    in: "flow",
    call: () => task({ name: "round" }, circular)(),
    code: "SEGNO_CIRCULAR",
    says: ['the result of task "round"', "self", "again"],
  },
  {
    of: "task",
    about: "a function as the result",
    in: "flow",
    call: () => task({ name: "make" }, () => ({ close: () => 1 }))(),
    code: "SEGNO_UNSERIALIZABLE",
    says: ['the result of task "make"', "close", "a function", "plain data"],
  },
  {
    of: "task",
    about: "an instance as the result",
    in: "flow",
    call: () => task({ name: "connect" }, () => [new Socket()])(),
    code: "SEGNO_UNSERIALIZABLE",
    says: ['the result of task "connect"', "[0]", "Socket"],
  },
  {
    of: "task",
    about: "a result that its serializer cannot write",
    in: "flow",
    call: () => {
      const serializer = { name: "picky", serialize: () => wrong("text"), deserialize: () => null };
      return task({ name: "write", serializer }, () => 1)();
    },
    code: "SEGNO_UNSERIALIZABLE",
    says: ['"picky"', "string", "Uint8Array"],
  },
  {
    of: "task",
    about: "a serializer that nobody knows",
    in: "flow",
    call: () => task({ name: "write", serializer: "msgpack" }, () => 1)(),
    code: "SEGNO_UNKNOWN_SERIALIZER",
    says: ['"msgpack"', '"json"'],
  },
  {
    of: "task",
    about: "one key twice",
    in: "flow",
    call: async () => {
      const keyed = load.with({ key: "a" });
      await keyed(1);
      await keyed(2);
    },
    code: "SEGNO_DUPLICATE_KEY",
    says: ['"load"', '"a"', "twice"],
  },
  {
    of: "task",
    about: "a name template of a parameter that is not there",
    in: "flow",
    call: () => load.with({ taskRunName: "load {file}" })("a.md"),
    code: "SEGNO_NAME_TEMPLATE",
    says: ["{file}", "path"],
  },
  {
    of: "task",
    about: "a name function that answers nothing",
    in: "flow",
    call: () => load.with({ taskRunName: wrong(() => undefined) })("a.md"),
    code: "SEGNO_RUN_NAME",
    says: ['task "load"', "text", "undefined"],
  },
  {
    of: "task",
    about: "a cache key function that answers a number",
    in: "flow",
    call: () => load.with({ cacheKey: wrong(() => 7) })("a.md"),
    code: "SEGNO_INVALID_CACHE_KEY",
    says: ['"load"', "text", "7"],
  },
  {
    of: "task",
    about: "a retryDelay function that answers nonsense",
    in: "flow",
    call: () =>
      task({ name: "fail", retries: 1, retryDelay: () => "soon" }, () => {
        throw new Error("no");
      })(),
    code: "SEGNO_INVALID_DURATION",
    says: ["retryDelay", '"soon"'],
  },

  {
    of: "flow",
    about: "an input that does not fit",
    call: () => checked({ paths: wrong(7) }),
    code: "SEGNO_INVALID_INPUT",
    says: ['flow "checked"', "paths", "array", "number"],
  },
  {
    of: "flow",
    about: "no input where there must be one",
    call: () => checked(wrong(undefined)),
    code: "SEGNO_INVALID_INPUT",
    says: ['flow "checked"', "paths"],
  },
  {
    of: "flow",
    about: "an input that holds itself",
    call: () => free(circular()),
    code: "SEGNO_CIRCULAR",
    says: ['the input of flow "free"', "self"],
  },
  {
    of: "flow",
    about: "an input that cannot be kept",
    call: () => free({ done: () => 1 }),
    code: "SEGNO_UNSERIALIZABLE",
    says: ['the input of flow "free"', "done", "a function"],
  },
  {
    of: "flow",
    about: "a run name template of what the input has not",
    call: () => free.with({ flowRunName: "ingest {index}" })({ paths: [] }),
    code: "SEGNO_NAME_TEMPLATE",
    says: ["{index}", "paths"],
  },
  ...(
    [
      ["idempotencyKey", 7, "text", "7"],
      ["idempotencyKey", "", "text", '""'],
      ["name", 7, "text", "7"],
      ["tags", "nightly", "array", '"nightly"'],
      ["signal", {}, "AbortSignal", "plain"],
      ["taskRunner", 8, "task runner", "8"],
      ["onRun", "print", "function", '"print"'],
      ["idempotencykey", "a", "options", "idempotencyKey"],
    ] as const
  ).map(([option, value, expected, came]): Row => ({
    of: "flow",
    about: `run() with ${option}: ${JSON.stringify(value)}`,
    call: () => inputless.run({ [option]: value }),
    code: "SEGNO_INVALID_OPTION",
    says: ['flow "inputless"', option, expected, came],
  })),
  {
    of: "flow",
    about: "run() with something else for options",
    call: () => free.run(1, wrong("key")),
    code: "SEGNO_INVALID_OPTION",
    says: ['flow "free"', "options", '"key"'],
  },

  {
    of: "step",
    about: "a result that cannot be kept",
    in: "flow",
    call: () => step("open", () => Symbol("open")),
    code: "SEGNO_UNSERIALIZABLE",
    says: ['the result of task "open"', "a symbol"],
  },
  {
    of: "wait",
    about: "something that is no list",
    call: () => wait(wrong(7)),
    code: "SEGNO_INVALID_OPTION",
    says: ["wait", "futures", "7"],
  },
  {
    of: "wait",
    about: "a list of other things",
    call: () => wait(wrong([Promise.resolve(1)])),
    code: "SEGNO_INVALID_OPTION",
    says: ["wait", "futures", "a promise"],
  },
  {
    of: "asCompleted",
    about: "nothing",
    call: () => asCompleted(wrong(undefined)),
    code: "SEGNO_INVALID_OPTION",
    says: ["asCompleted", "futures", "undefined"],
  },
  {
    of: "asCompleted",
    about: "a list of other things",
    call: () => asCompleted(wrong(["a.md"])),
    code: "SEGNO_INVALID_OPTION",
    says: ["asCompleted", "futures", '"a.md"'],
  },
  {
    of: "tags",
    about: "one text",
    call: () => tags(wrong("nightly"), async () => 1),
    code: "SEGNO_INVALID_OPTION",
    says: ["tags", "array", '"nightly"'],
  },
  {
    of: "tags",
    about: "no function",
    call: () => tags(["nightly"], wrong(undefined)),
    code: "SEGNO_INVALID_OPTION",
    says: ["tags", "function", "undefined"],
  },
  {
    of: "isMain",
    about: "something else than import.meta",
    call: () => isMain(wrong(undefined)),
    code: "SEGNO_INVALID_OPTION",
    says: ["isMain", "import.meta", "undefined"],
  },
  {
    of: "resumeFlowRun",
    about: "a number",
    call: () => resumeFlowRun(wrong(7)),
    code: "SEGNO_INVALID_OPTION",
    says: ["resumeFlowRun", "id", "7"],
  },
  {
    of: "resumeFlowRun",
    about: "no id",
    call: () => resumeFlowRun(""),
    code: "SEGNO_INVALID_OPTION",
    says: ["resumeFlowRun", "id", '""'],
  },
  {
    of: "resumeFlowRun",
    about: "an id that nobody has",
    call: () => resumeFlowRun("0199c2f0-no-such-run"),
    code: "SEGNO_NOT_FOUND",
    says: ["flow run", "0199c2f0-no-such-run"],
  },
];
