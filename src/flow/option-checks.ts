import { RefusedError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { showValue } from "../core/value-kind.ts";
import type { StartOptions } from "./engine/start-flow.ts";
import { isFuture } from "./future.ts";
import type { FlowOptions, TaskOptions } from "./options.ts";

/** What an option takes, in words and as a test; options that are read elsewhere are tested there. */
type Check = readonly [expected: string, fits: (value: unknown) => boolean];

const READ_ELSEWHERE: Check = ["", () => true];
const TEXT: Check = ["text", (value) => typeof value === "string"];
const FLAG: Check = ["true or false", (value) => typeof value === "boolean"];
const FUNCTION: Check = ["a function", (value) => typeof value === "function"];
const TEMPLATE: Check = [
  "a template or a function",
  (value) => typeof value === "string" || typeof value === "function",
];
const HOOKS: Check = [
  "a function or an array of functions",
  (value) =>
    typeof value === "function" || (Array.isArray(value) && value.every((one) => typeof one === "function")),
];
const KEY: Check = ["a non-empty text", (value) => typeof value === "string" && value !== ""];
const RUNNER: Check = ["a task runner, such as concurrent({ limit: 8 })", isRunner];
const SERIALIZER: Check = [
  "the name of a serializer, or a serializer with `name`, `serialize` and `deserialize`",
  (value) => (typeof value === "string" && value !== "") || (typeof value === "object" && value !== null),
];
const FUTURES: Check = [
  "an array of futures",
  (value) => Array.isArray(value) && value.every((one) => isFuture(one) || isFutures(one)),
];

const COMMON = {
  name: READ_ELSEWHERE,
  description: TEXT,
  version: TEXT,
  tags: READ_ELSEWHERE,
  retries: READ_ELSEWHERE,
  retryDelay: READ_ELSEWHERE,
  timeout: READ_ELSEWHERE,
  persistResult: FLAG,
  serializer: SERIALIZER,
  logPrints: FLAG,
  taskRunner: RUNNER,
  onRunning: HOOKS,
  onCompletion: HOOKS,
  onFailure: HOOKS,
  key: KEY,
  waitFor: FUTURES,
} as const;

const TASK_OPTIONS: Readonly<Record<keyof TaskOptions, Check>> = {
  ...COMMON,
  taskRunName: TEMPLATE,
  retryJitterFactor: READ_ELSEWHERE,
  retryIf: FUNCTION,
  cachePolicy: READ_ELSEWHERE,
  cacheKey: READ_ELSEWHERE,
  cacheExpiration: READ_ELSEWHERE,
  refreshCache: FLAG,
  onRollback: HOOKS,
  onCommit: HOOKS,
};

const FLOW_OPTIONS: Readonly<Record<keyof FlowOptions, Check>> = {
  ...COMMON,
  flowRunName: TEMPLATE,
  input: READ_ELSEWHERE,
  validateParameters: FLAG,
  onCancellation: HOOKS,
  onCrashed: HOOKS,
};

const RUN_OPTIONS: Readonly<Record<keyof StartOptions, Check>> = {
  idempotencyKey: KEY,
  name: KEY,
  tags: [
    "an array of non-empty texts",
    (value) => Array.isArray(value) && value.every((tag) => typeof tag === "string" && tag !== ""),
  ],
  signal: ["an AbortSignal", isSignal],
  taskRunner: RUNNER,
  entrypoint: TEXT,
  id: KEY,
  onRun: FUNCTION,
};

/** @throws RefusedError for an option that a task does not have, or that has a value of the wrong kind. */
export function checkTaskOptions(what: string, options: TaskOptions): void {
  checkOptions(what, TASK_OPTIONS, options);
}

/** @throws RefusedError for an option that a flow does not have, or that has a value of the wrong kind. */
export function checkFlowOptions(what: string, options: FlowOptions): void {
  checkOptions(what, FLOW_OPTIONS, options);
}

/** @throws RefusedError for an option that `run()` does not have, or that has a value of the wrong kind. */
export function checkRunOptions(what: string, options: StartOptions): void {
  checkOptions(what, RUN_OPTIONS, options);
}

/** @throws RefusedError unless options are an object. */
export function checkOptionsObject(what: string, options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw wrongOption(what, "options", "an object", options);
}

function checkOptions(what: string, known: Readonly<Record<string, Check>>, options: object): void {
  checkOptionsObject(what, options);
  for (const [option, value] of Object.entries(options)) {
    const check = Object.hasOwn(known, option) ? known[option] : undefined;
    if (check === undefined) throw unknownOption(what, option, Object.keys(known));
    const [expected, fits] = check;
    if (value !== undefined && !fits(value)) throw wrongOption(what, option, expected, value);
  }
}

/** The refusal of an option whose value cannot be meant, naming it. */
export function wrongOption(what: string, option: string, expected: string, got: unknown): RefusedError {
  const shown = showValue(got);
  return new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `${what}: \`${option}\` must be ${expected}; got ${shown}.`,
    help: "Give what is expected, or leave the option out.",
    facts: { what, option, got: shown },
  });
}

function unknownOption(what: string, option: string, known: readonly string[]): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_OPTION",
    message: `${what}: expected one of its options; got ${JSON.stringify(option)}, which is none.`,
    help: didYouMean(option, known) ?? `There is ${known.join(", ")}.`,
    facts: { what, option, known },
  });
}

function isRunner(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "run") === "function" &&
    typeof Reflect.get(value, "name") === "string"
  );
}

/** By its shape, because polyfills and other realms have classes of their own. */
function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "aborted") === "boolean";
}

function isFutures(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => isFuture(one));
}
