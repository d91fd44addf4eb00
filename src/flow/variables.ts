import { newId, nowMicros } from "../client/time.ts";
import { RefusedError } from "../core/errors.ts";
import { showValue } from "../core/value-kind.ts";
import { checkVariableName, variableText } from "../store/repositories/checks.ts";
import type { VariableRepository } from "../store/repositories/repositories.ts";
import { withControl } from "./body-call.ts";

/** Options of `variables.set()`. */
export interface SetVariableOptions {
  readonly tags?: readonly string[];
  /** False (the default): a name that is there is an error. */
  readonly overwrite?: boolean;
}

/**
 * Named JSON values, shared by all runs of a store: settings, not secrets (they are not encrypted).
 *
 * In a flow's body what `get` answered is recorded, so that a replay sees the same value.
 *
 * @example
 * await variables.set("embedding-model", "text-embedding-3-small", { overwrite: true });
 * await variables.get("embedding-model"); // "text-embedding-3-small"
 * await variables.unset("embedding-model"); // true
 */
export const variables = {
  /**
   * The value of a variable, or `fallback` (undefined) if there is none.
   *
   * @example
   * const model = await variables.get("embedding-model", "text-embedding-3-small");
   */
  get: getVariable,

  /**
   * Sets a variable: any JSON of up to 5000 characters.
   *
   * @throws RefusedError `SEGNO_VARIABLE_EXISTS` without `overwrite`; `SEGNO_INVALID_VARIABLE_NAME`;
   * `SEGNO_INVALID_VARIABLE_VALUE`.
   * @example
   * await variables.set("embedding-model", "text-embedding-3-large", { overwrite: true });
   */
  set: setVariable,

  /** Removes a variable; false if there was none. */
  unset: unsetVariable,
} as const;

async function getVariable<T = unknown>(name: string): Promise<T | undefined>;
async function getVariable<T>(name: string, fallback: T): Promise<T>;
async function getVariable<T>(name: string, fallback?: T): Promise<T | undefined> {
  checkVariableName(name);
  return withControl("value", "get-variable", async (control) => {
    const { variables: rows } = await control.repositories();
    const row = await rows.get(name);
    return row === null ? fallback : (row.value as T);
  });
}

async function setVariable(name: string, value: unknown, options: SetVariableOptions = {}): Promise<void> {
  checkVariableName(name);
  // Taken now: what the caller changes later changes nothing.
  const kept = JSON.parse(variableText(name, value)) as unknown;
  const { tags = [], overwrite = false } = options;
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string")) {
    throw new RefusedError({
      code: "SEGNO_INVALID_OPTION",
      message: `variables.set("${name}"): \`tags\` must be an array of texts; got ${showValue(tags)}.`,
      help: 'Write variables.set("model", "large", { tags: ["prod"] }).',
      facts: { name },
    });
  }
  await withControl("effect", "set-variable", async (control, live) => {
    const { variables: rows } = await control.repositories();
    const now = nowMicros();
    const row = { id: live?.entry.id ?? newId(), name, value: kept, tags, createdAt: now, updatedAt: now };
    // After a crash between the write and its record, the variable that is there is this call's own.
    const own = live?.resumed === true && (await isOwn(rows, name, row.id));
    await rows.set(row, { overwrite: overwrite || own });
    return null;
  });
}

async function isOwn(rows: VariableRepository, name: string, id: string): Promise<boolean> {
  return (await rows.get(name))?.id === id;
}

async function unsetVariable(name: string): Promise<boolean> {
  checkVariableName(name);
  return withControl("effect", "unset-variable", async (control) => {
    const { variables: rows } = await control.repositories();
    return rows.unset(name);
  });
}
