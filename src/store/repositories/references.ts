import { RefusedError } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";

/** Something that a person could have meant. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What an id may begin with; shorter is more often a name. */
const ID_PREFIX = /^[0-9a-f][0-9a-f-]{3,35}$/;

/**
 * The ids that begin with a reference, as a half-open range, or null when it cannot be an id.
 * A range and not LIKE: it uses the primary key in every dialect.
 */
export function prefixRange(reference: string): { readonly from: string; readonly below: string } | null {
  const text = reference.toLowerCase();
  // "g" follows every character of an id.
  return ID_PREFIX.test(text) ? { from: text, below: `${text}g` } : null;
}

/** How a kind of thing is called in messages, and which command lists it. */
export interface Kind {
  readonly noun: string;
  readonly list: string;
  /** How one is found: "id, beginning of an id, or name". */
  readonly by: string;
}

export const FLOW_RUN: Kind = {
  noun: "flow run",
  list: "segno flow-run ls",
  by: "id, beginning of an id, or name",
};
export const TASK_RUN: Kind = { noun: "task run", list: "segno task-run ls", by: "id or beginning of an id" };

export function notFound(kind: Kind, reference: string, candidates: readonly Named[]): RefusedError {
  const names = nearest(
    reference,
    candidates.map((candidate) => candidate.name),
  );
  const near = names.flatMap((name) => candidates.find((candidate) => candidate.name === name) ?? []);
  const list = near.map(({ name, id }) => `${name} (${id})`).join(", ");
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `There is no ${kind.noun} ${JSON.stringify(reference)}; expected its ${kind.by}.`,
    help: `${list === "" ? "" : `Did you mean ${list}? `}\`${kind.list}\` lists them.`,
    facts: { kind: kind.noun, reference, nearest: near.map(({ id }) => id) },
  });
}

export function ambiguous(
  kind: Kind,
  reference: string,
  matches: readonly Named[],
  more: boolean,
): RefusedError {
  const lines = matches.map(({ id, name }) => `\n    ${id}  ${name}`).join("");
  return new RefusedError({
    code: "SEGNO_AMBIGUOUS",
    message: `${JSON.stringify(reference)} means more than one ${kind.noun}:${lines}${more ? "\n    …" : ""}`,
    help: "Give more of the id.",
    facts: { kind: kind.noun, reference, matches: matches.map(({ id }) => id) },
  });
}
