import { inspect } from "node:util";
import {
  concurrency,
  createImageArtifact,
  createLinkArtifact,
  createMarkdownArtifact,
  createProgressArtifact,
  createTableArtifact,
  deleteConcurrencyLimit,
  emitEvent,
  getArtifact,
  getConcurrencyLimit,
  getRunContext,
  getRunLogger,
  heartbeat,
  lastHeartbeat,
  patched,
  rateLimit,
  setConcurrencyLimit,
  sleep,
  transaction,
  updateProgressArtifact,
  variables,
} from "../../src/index.ts";
import { circular, type Row, wrong } from "./row.ts";

const work = async () => 1;
const ID = "prefect.resource.id";

/** What must be called in a run, called outside of one. */
const OUTSIDE: readonly Row[] = (
  [
    ["getRunContext", () => getRunContext()],
    ["getRunLogger", () => getRunLogger()],
    ["heartbeat", () => heartbeat({ done: 1 })],
    ["lastHeartbeat", () => lastHeartbeat()],
    ["transaction", () => transaction(work)],
  ] as const
).map(([of, call]) => ({
  of,
  about: "a call outside any run",
  call,
  code: "SEGNO_NO_RUN",
  says: [of, "outside a flow or task"],
}));

const HEARTBEATS: readonly Row[] = [
  {
    of: "heartbeat",
    about: "a call in a flow's body",
    in: "flow",
    call: () => heartbeat({ done: 1 }),
    code: "SEGNO_NO_TASK",
    says: ["heartbeat", "body of a flow"],
  },
  {
    of: "lastHeartbeat",
    about: "a call in a flow's body",
    in: "flow",
    call: () => lastHeartbeat(),
    code: "SEGNO_NO_TASK",
    says: ["lastHeartbeat", "body of a flow"],
  },
  {
    of: "heartbeat",
    about: "details that hold themselves",
    in: "task",
    call: () => heartbeat(circular()),
    code: "SEGNO_CIRCULAR",
    says: ["heartbeat", "self", "again"],
  },
  {
    of: "heartbeat",
    about: "details that cannot be kept",
    in: "task",
    call: () => heartbeat({ next: () => 1 }),
    code: "SEGNO_UNSERIALIZABLE",
    says: ["heartbeat", "next", "a function"],
  },
  {
    of: "heartbeat",
    about: "details as large as the work",
    in: "task",
    call: () => heartbeat("x".repeat(100_000)),
    code: "SEGNO_HEARTBEAT_TOO_LARGE",
    says: ["100002 bytes", "65536"],
  },
];

const RECORDED: readonly Row[] = [
  ...(["soon", -1, Number.NaN, Number.POSITIVE_INFINITY, undefined, {}, "1m 1m"] as const).flatMap((value) =>
    ([undefined, "flow", "task"] as const).map((place): Row => {
      const row: Row = {
        of: "sleep",
        about: `${inspect(value)} for a time`,
        call: () => sleep(wrong(value)),
        code: "SEGNO_INVALID_DURATION",
        says: ["sleep", "expected a duration", "got"],
      };
      return place === undefined ? row : { ...row, in: place };
    }),
  ),
  {
    of: "patched",
    about: "no id",
    call: () => patched(""),
    code: "SEGNO_INVALID_OPTION",
    says: ["patched", "text", '""'],
  },
  {
    of: "patched",
    about: "a number",
    in: "flow",
    call: () => patched(wrong(7)),
    code: "SEGNO_INVALID_OPTION",
    says: ["patched", "text", "7"],
  },
];

const TRANSACTIONS: readonly Row[] = (
  [
    ["options", () => transaction(wrong(7), work), ["options", "object", "7"]],
    ["a block", () => transaction({}, wrong(undefined)), ["work", "function", "undefined"]],
    ["a key", () => transaction({ key: "" }, work), ["key", "1 to", '""']],
    ["a mode", () => transaction({ commitMode: wrong("late") }, work), ["commitMode", "lazy", '"late"']],
    ["a flag", () => transaction({ overwrite: wrong("yes") }, work), ["overwrite", "true or false", '"yes"']],
    ["a key to lock", () => transaction({ isolation: "serializable" }, work), ["key", "serializable"]],
  ] as const
).map(([about, call, says]) => ({
  of: "transaction",
  about: `something else for ${about}`,
  in: "flow",
  call,
  code: "SEGNO_INVALID_OPTION",
  says: ["transaction", ...says],
}));

const LIMITS: readonly Row[] = [
  {
    of: "concurrency",
    about: "a number for a name",
    call: () => concurrency(wrong(7), work),
    code: "SEGNO_INVALID_OPTION",
    says: ["concurrency", "name of a limit", "7"],
  },
  {
    of: "concurrency",
    about: "a blank name among others",
    call: () => concurrency(["gpu", " "], work),
    code: "SEGNO_INVALID_OPTION",
    says: ["concurrency", "name of a limit", "array"],
  },
  {
    of: "concurrency",
    about: "no work",
    call: () => concurrency("gpu", wrong(undefined)),
    code: "SEGNO_INVALID_OPTION",
    says: ["concurrency", "undefined"],
  },
  {
    of: "concurrency",
    about: "no slots to occupy",
    in: "flow",
    call: () => concurrency("gpu", { occupy: 0 }, work),
    code: "SEGNO_INVALID_OPTION",
    says: ["occupy", "at least 1", "0"],
  },
  {
    of: "concurrency",
    about: "a timeout that is none",
    in: "task",
    call: () => concurrency("gpu", { timeout: "soon" }, work),
    code: "SEGNO_INVALID_DURATION",
    says: ["concurrency: timeout", '"soon"'],
  },
  {
    of: "concurrency",
    about: "a strict name that no limit has",
    in: "flow",
    call: () => concurrency("gpus", { strict: true }, work),
    code: "SEGNO_LIMIT_MISSING",
    says: ['"gpus"', "no concurrency limit"],
  },
  {
    of: "rateLimit",
    about: "nothing",
    call: () => rateLimit(wrong(undefined)),
    code: "SEGNO_INVALID_OPTION",
    says: ["rateLimit", "name of a limit", "undefined"],
  },
  {
    of: "rateLimit",
    about: "half a slot",
    in: "flow",
    call: () => rateLimit("requests", { occupy: 0.5 }),
    code: "SEGNO_INVALID_OPTION",
    says: ["occupy", "whole number", "0.5"],
  },
  {
    of: "rateLimit",
    about: "something else for options",
    call: () => rateLimit("requests", wrong(null)),
    code: "SEGNO_INVALID_OPTION",
    says: ["rateLimit", "options", "null"],
  },
  ...(
    [
      ["", 1, {}, "name", '""'],
      [7, 1, {}, "name", "7"],
      ["gpu", -1, {}, "whole number", "-1"],
      ["gpu", "5", {}, "whole number", '"5"'],
      ["gpu", undefined, {}, "whole number", "undefined"],
      ["gpu", 1, { slotDecayPerSecond: -1 }, "slots per second", "-1"],
      ["gpu", 1, { slotDecayPerSecond: "1" }, "slots per second", '"1"'],
    ] as const
  ).map(([name, limit, options, expected, came]): Row => ({
    of: "setConcurrencyLimit",
    about: JSON.stringify([name, limit, options]),
    call: () => setConcurrencyLimit(wrong(name), wrong(limit), wrong(options)),
    code: "SEGNO_INVALID_LIMIT",
    says: [expected, came],
  })),
  {
    of: "getConcurrencyLimit",
    about: "a number for a name",
    call: () => getConcurrencyLimit(wrong(7)),
    code: "SEGNO_INVALID_LIMIT",
    says: ["name", "7"],
  },
  {
    of: "deleteConcurrencyLimit",
    about: "nothing for a name",
    call: () => deleteConcurrencyLimit(wrong(undefined)),
    code: "SEGNO_INVALID_LIMIT",
    says: ["name", "undefined"],
  },
];

const ARTIFACTS: readonly Row[] = [
  ...(
    [
      ["createMarkdownArtifact", createMarkdownArtifact, { markdown: 7 }, "markdown", "text"],
      ["createMarkdownArtifact", createMarkdownArtifact, { markdown: "" }, "markdown", "empty"],
      [
        "createMarkdownArtifact",
        createMarkdownArtifact,
        { markdown: "x", description: 7 },
        "description",
        "7",
      ],
      ["createTableArtifact", createTableArtifact, { table: 7 }, "table", "7"],
      ["createTableArtifact", createTableArtifact, { table: [1] }, "row 0", "1"],
      [
        "createTableArtifact",
        createTableArtifact,
        { table: { a: [1], b: [1, 2] } },
        "different lengths",
        "2",
      ],
      ["createLinkArtifact", createLinkArtifact, {}, "link", "undefined"],
      ["createImageArtifact", createImageArtifact, { imageUrl: null }, "imageUrl", "null"],
      ["createProgressArtifact", createProgressArtifact, { progress: 101 }, "0 to 100", "101"],
      ["createProgressArtifact", createProgressArtifact, { progress: "50" }, "0 to 100", '"50"'],
    ] as const
  ).flatMap(([of, create, options, expected, came]): Row[] => {
    const row: Row = {
      of,
      about: JSON.stringify(options),
      call: () => create(wrong(options)),
      code: "SEGNO_INVALID_ARTIFACT",
      says: ["artifact", expected, came],
    };
    return [row, { ...row, in: "flow" }];
  }),
  ...(
    [
      ["createMarkdownArtifact", createMarkdownArtifact],
      ["createTableArtifact", createTableArtifact],
      ["createLinkArtifact", createLinkArtifact],
      ["createImageArtifact", createImageArtifact],
      ["createProgressArtifact", createProgressArtifact],
    ] as const
  ).map(([of, create]): Row => ({
    of,
    about: "nothing at all",
    call: () => create(wrong(undefined)),
    code: "SEGNO_INVALID_ARTIFACT",
    says: ["artifact", "object", "undefined"],
  })),
  {
    of: "createMarkdownArtifact",
    about: "a key with blanks",
    in: "flow",
    call: () => createMarkdownArtifact({ key: "My Report", markdown: "x" }),
    code: "SEGNO_INVALID_ARTIFACT_KEY",
    says: ['"My Report"', "lower case", '"my-report"'],
  },
  {
    of: "createTableArtifact",
    about: "a table that holds itself",
    in: "flow",
    call: () => createTableArtifact({ key: "t", table: wrong([circular()]) }),
    code: "SEGNO_UNSERIALIZABLE",
    says: ["table", "circular"],
  },
  {
    of: "updateProgressArtifact",
    about: "an id that nobody has",
    in: "flow",
    call: () => updateProgressArtifact("no-such-id", { progress: 1 }),
    code: "SEGNO_NOT_FOUND",
    says: ["no artifact", '"no-such-id"'],
  },
  {
    of: "updateProgressArtifact",
    about: "no change",
    call: () => updateProgressArtifact("id", wrong(undefined)),
    code: "SEGNO_INVALID_ARTIFACT",
    says: ["progress", "undefined"],
  },
  {
    of: "getArtifact",
    about: "nothing for a key",
    call: () => getArtifact(wrong(undefined)),
    code: "SEGNO_INVALID_ARTIFACT_KEY",
    says: ["key", "undefined"],
  },
];

const VARIABLES: readonly Row[] = (
  [
    ["a name with capitals", () => variables.get("Model"), "NAME", ['"Model"', "lower case", '"model"']],
    ["a number for a name", () => variables.get(wrong(7)), "NAME", ["7", "lower case"]],
    ["no name to remove", () => variables.unset(wrong(undefined)), "NAME", ["undefined", "lower case"]],
    ["an endless name", () => variables.set("x".repeat(300), 1), "NAME", ["300", "255"]],
    ["nothing for a value", () => variables.set("model", undefined), "VALUE", ["undefined", "JSON"]],
    ["a value that holds itself", () => variables.set("model", circular()), "VALUE", ["circular", "JSON"]],
    ["a function for a value", () => variables.set("model", work), "VALUE", ["function", "JSON"]],
    ["an endless value", () => variables.set("model", "x".repeat(6000)), "VALUE", ["6002", "5000"]],
  ] as const
).flatMap(([about, call, code, says]): Row[] => {
  const row: Row = { of: "variables", about, call, code: `SEGNO_INVALID_VARIABLE_${code}`, says };
  return [row, { ...row, in: "flow" }];
});

const TAGS_OF_VARIABLE: Row = {
  of: "variables",
  about: "one text for tags",
  call: () => variables.set("model", 1, { tags: wrong("prod") }),
  code: "SEGNO_INVALID_OPTION",
  says: ["tags", "array", '"prod"'],
};

const EVENTS: readonly Row[] = (
  [
    ["nothing", undefined, ["object", "undefined"]],
    ["no name", { resource: "a" }, ["event", "text", "undefined"]],
    ["a number for a name", { event: 7, resource: "a" }, ["event", "text", "7"]],
    ["an endless name", { event: "x".repeat(2000), resource: "a" }, ["2000", "1024"]],
    ["no resource", { event: "a" }, ["resource", ID, "undefined"]],
    ["labels without an id", { event: "a", resource: { kind: "invoice" } }, ["resource", ID]],
    ["a label that is no text", { event: "a", resource: { [ID]: "a", size: 7 } }, ["size", "text", "number"]],
    ["something else for related", { event: "a", resource: "a", related: 7 }, ["related", "array", "7"]],
    ["a number to follow", { event: "a", resource: "a", follows: 7 }, ["follows", "id", "7"]],
  ] as const
).flatMap(([about, event, says]): Row[] => {
  const row: Row = {
    of: "emitEvent",
    about,
    call: () => emitEvent(wrong(event)),
    code: "SEGNO_INVALID_EVENT",
    says,
  };
  return [row, { ...row, in: "flow" }];
});

const EVENT_PAYLOAD: Row = {
  of: "emitEvent",
  about: "a payload that holds itself",
  in: "flow",
  call: () => emitEvent({ event: "a", resource: "a", payload: circular() }),
  code: "SEGNO_UNSERIALIZABLE",
  says: ["payload", "circular"],
};

/** Wrong calls of what a run can use besides its tasks. */
export const SERVICES: readonly Row[] = [
  ...OUTSIDE,
  ...HEARTBEATS,
  ...RECORDED,
  ...TRANSACTIONS,
  ...LIMITS,
  ...ARTIFACTS,
  ...VARIABLES,
  TAGS_OF_VARIABLE,
  ...EVENTS,
  EVENT_PAYLOAD,
];
