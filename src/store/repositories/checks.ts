import { RefusedError } from "../../core/errors.ts";

const MAX_VARIABLE_NAME = 255;
const MAX_VARIABLE_VALUE = 5000;

/** @throws RefusedError `SEGNO_INVALID_ARTIFACT_KEY`; null (an artifact without a key) is fine. */
export function checkArtifactKey(key: string | null): void {
  if (key === null || (typeof key === "string" && /^[a-z0-9-]+$/.test(key))) return;
  throw new RefusedError({
    code: "SEGNO_INVALID_ARTIFACT_KEY",
    message: `An artifact's key is ${show(key)}; expected lower case letters, digits and dashes.`,
    help: typeof key === "string" ? suggestion(key.replaceAll("_", "-"), /[^a-z0-9-]+/g) : "Give text.",
    facts: { key },
  });
}

/** @throws RefusedError `SEGNO_INVALID_VARIABLE_NAME`. */
export function checkVariableName(name: string): void {
  if (typeof name === "string" && /^[a-z0-9_-]+$/.test(name) && name.length <= MAX_VARIABLE_NAME) return;
  const long = typeof name === "string" && name.length > MAX_VARIABLE_NAME;
  throw new RefusedError({
    code: "SEGNO_INVALID_VARIABLE_NAME",
    message:
      `A variable's name is ${long ? `${name.length} characters long` : show(name)}; ` +
      `expected 1 to ${MAX_VARIABLE_NAME} lower case letters, digits, dashes and underscores.`,
    help: typeof name === "string" && !long ? suggestion(name, /[^a-z0-9_-]+/g) : "Choose a shorter name.",
    facts: { name },
  });
}

/**
 * A variable's value as the text that is stored.
 *
 * @throws RefusedError `SEGNO_INVALID_VARIABLE_VALUE` when it is not JSON or longer than 5000 characters.
 */
export function variableText(name: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw invalidValue(
      name,
      `is not JSON: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
    );
  }
  if (text === undefined) throw invalidValue(name, `is ${typeof value}, which JSON cannot hold`);
  if (text.length > MAX_VARIABLE_VALUE) throw invalidValue(name, `is ${text.length} characters of JSON`);
  return text;
}

function invalidValue(name: string, what: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_VARIABLE_VALUE",
    message: `The value of variable ${show(name)} ${what}; expected JSON of at most ${MAX_VARIABLE_VALUE} characters.`,
    help: "Keep large or structured data in a file or an artifact, and its place in the variable.",
    facts: { name },
  });
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function suggestion(text: string, others: RegExp): string {
  const fixed = text
    .toLowerCase()
    .replaceAll(others, "-")
    .replaceAll(/^-+|-+$/g, "");
  return fixed === "" ? "Give it at least one such character." : `${JSON.stringify(fixed)} would do.`;
}
