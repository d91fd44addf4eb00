import { readFileSync } from "node:fs";
import { jsonOrText } from "../json-or-text.ts";
import { usageError } from "../usage-error.ts";

/**
 * The flow's input from `--params` and `--param`; the latter go over the former. Undefined when
 * neither was given.
 */
export function inputOf(params: string | undefined, fields: readonly string[] = []): unknown {
  const whole = params === undefined ? undefined : parseParams(params);
  if (fields.length === 0) return whole;
  if (whole !== undefined && !isRecord(whole)) {
    throw usageError(`--param sets a field, but --params is ${JSON.stringify(whole)}; expected an object.`);
  }
  const input: Record<string, unknown> = { ...whole };
  for (const field of fields) {
    const at = field.indexOf("=");
    if (at < 1) throw usageError(`--param is ${JSON.stringify(field)}; expected name=value.`);
    input[field.slice(0, at)] = jsonOrText(field.slice(at + 1));
  }
  return input;
}

function parseParams(text: string): unknown {
  const from = text.startsWith("@") ? text.slice(1) : undefined;
  const source = from === undefined ? text : readParams(from);
  try {
    return JSON.parse(source) as unknown;
  } catch (error) {
    const where = from === undefined ? "--params" : from;
    throw usageError(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readParams(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usageError(
      `--params names a file that cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
