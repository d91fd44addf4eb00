import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { RefusedError } from "./errors.ts";

/** More than this many faults are counted rather than listed. */
const LISTED = 20;

/**
 * What a Standard Schema (zod, valibot, arktype, …) makes of a value: checked, with defaults applied
 * and transformed.
 *
 * @param what names the value in the error, e.g. `"the input of flow document-ingestion"`.
 * @throws RefusedError `SEGNO_INVALID_INPUT` with every issue and its path; `facts.issues` holds
 * them as data.
 * @example
 * const input = await validateInput(z.object({ paths: z.array(z.string()) }), { paths: [] }, "the input");
 */
export async function validateInput<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
  what: string,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const result = await checked(schema, value, what);
  if (result.issues === undefined) return result.value;
  throw refusal(result.issues, value, what);
}

/**
 * The JSON Schema (draft 2020-12) of what the schema takes, or null when its library does not offer
 * one or the schema has none (a date, a transformation). Never throws: the form in the UI is an
 * extra.
 */
export function inputJsonSchema(schema: StandardSchemaV1): Record<string, unknown> | null {
  try {
    const standard = schema["~standard"] as Partial<StandardJSONSchemaV1.Props>;
    const input: unknown = standard.jsonSchema?.input({ target: "draft-2020-12" });
    return typeof input === "object" && input !== null ? (input as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A check of the user's own may throw; that says as much about the value as an issue does. */
async function checked<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
  what: string,
): Promise<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Schema>>> {
  try {
    return await schema["~standard"].validate(value);
  } catch (cause) {
    throw new RefusedError({
      code: "SEGNO_INVALID_INPUT",
      message: `${what}: the schema failed on ${describe(value)}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      help: "Have the schema's own checks answer false or add an issue instead of throwing.",
      facts: { what, issues: [] },
      cause,
    });
  }
}

function refusal(issues: readonly StandardSchemaV1.Issue[], value: unknown, what: string): RefusedError {
  const faults = issues.slice(0, LISTED).map((issue) => {
    const path = pathOf(issue);
    return `${path === "" ? "" : `${path}: `}${issue.message}`;
  });
  const more = issues.length > LISTED ? `\n  … and ${issues.length - LISTED} more` : "";
  const count = issues.length === 1 ? "1 issue" : `${issues.length} issues`;
  return new RefusedError({
    code: "SEGNO_INVALID_INPUT",
    message: `${what}: expected a value that fits the schema, got ${describe(value)} with ${count}:\n  - ${faults.join("\n  - ")}${more}`,
    help: "Give a value that fits, or change the schema.",
    facts: { what, issues: issues.map((issue) => ({ path: pathOf(issue), message: issue.message })) },
  });
}

function pathOf(issue: StandardSchemaV1.Issue): string {
  let path = "";
  for (const segment of issue.path ?? []) {
    const key = typeof segment === "object" ? segment.key : segment;
    if (typeof key === "number") path += `[${key}]`;
    else path += path === "" ? String(key) : `.${String(key)}`;
  }
  return path;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
