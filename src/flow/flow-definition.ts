import type { StandardSchemaV1 } from "@standard-schema/spec";
import { parseDuration } from "../core/duration.ts";
import { checkRetryDelay } from "../core/retry.ts";
import { registerSerializer } from "../store/results/serializers.ts";
import {
  type AnyFunction,
  checkOption,
  checkRetries,
  checkTags,
  definitionFile,
  readDefinition,
} from "./definition.ts";
import { checkFlowOptions } from "./option-checks.ts";
import type { FlowOptions } from "./options.ts";
import { registerFlow } from "./registry.ts";

/** A flow as the engine sees it: options checked once, when it is defined. */
export interface FlowDefinition {
  readonly name: string;
  readonly fn: (input: unknown) => unknown;
  readonly options: FlowOptions;
  readonly schema: StandardSchemaV1 | null;
  readonly retries: number | undefined;
  /** ms; undefined for none. */
  readonly timeout: number | undefined;
  readonly definedIn: () => string | null;
}

export function defineFlow(first: unknown, second: unknown): FlowDefinition {
  const { name, fn, options } = readDefinition<FlowOptions>("flow", first, second);
  const definition = makeFlowDefinition(name, fn, options, definitionFile());
  registerFlow(definition);
  return definition;
}

export function makeFlowDefinition(
  name: string,
  fn: AnyFunction,
  options: FlowOptions,
  definedIn: () => string | null,
): FlowDefinition {
  const what = `flow "${name}"`;
  checkFlowOptions(what, options);
  checkRetries(what, options.retries);
  checkTags(what, options.tags);
  if (options.retryDelay !== undefined) checkRetryDelay(options.retryDelay, `${what}: retryDelay`);
  const schema = options.input;
  const standard =
    schema === undefined ||
    ((typeof schema === "object" || typeof schema === "function") && "~standard" in schema);
  checkOption(what, "input", standard, "a Standard Schema (zod, valibot, arktype, …)", schema);
  // Known from now on, so that a process which only reads the result can.
  if (typeof options.serializer === "object") registerSerializer(options.serializer);
  return {
    name,
    fn: fn as (input: unknown) => unknown,
    options,
    schema: schema ?? null,
    retries: options.retries,
    timeout: options.timeout === undefined ? undefined : parseDuration(options.timeout, `${what}: timeout`),
    definedIn,
  };
}
