import { RefusedError } from "../core/errors.ts";

/**
 * A value as the JSON that a row will hold, taken now: what the caller changes later changes nothing.
 *
 * For what other programs read (artifacts, events), so plain JSON and not the journal's: a bigint
 * becomes text, a Date its ISO form.
 *
 * @throws RefusedError `SEGNO_UNSERIALIZABLE`.
 */
export function toJson(value: unknown, what: string): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_key, member: unknown) =>
      typeof member === "bigint" ? String(member) : member,
    );
  } catch (cause) {
    throw unserializable(
      what,
      cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause),
      cause,
    );
  }
  if (text === undefined) throw unserializable(what, `it is ${typeof value}`, undefined);
  return JSON.parse(text) as unknown;
}

function unserializable(what: string, why: string, cause: unknown): RefusedError {
  return new RefusedError({
    code: "SEGNO_UNSERIALIZABLE",
    message: `${what} cannot be written as JSON: ${why}.`,
    help: "Give plain values: text, numbers, arrays and objects without cycles.",
    facts: { what },
    cause,
  });
}
