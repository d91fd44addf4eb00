import { expect } from "vitest";
import { ERROR_CATALOGUE, RefusedError } from "../../src/index.ts";
import type { Row } from "./row.ts";

/** Whether an error is a refusal as it should be: known, named, and of use to whoever reads it. */
export function expectRefused(error: unknown, { code, says }: Pick<Row, "code" | "says">): void {
  expect(error).toBeInstanceOf(RefusedError);
  const refused = error as RefusedError;
  expect(refused.code, refused.message).toBe(code);
  expect(Object.hasOwn(ERROR_CATALOGUE, refused.code), `${refused.code} is in the catalogue`).toBe(true);
  const [first = "", ...rest] = refused.message.split("\n");
  expect(first.length).toBeGreaterThan(20);
  for (const text of says) expect(refused.message).toContain(text);
  // What to do: in the message, or in the catalogue's remedy for those whose message says it all.
  const help = refused.help ?? ERROR_CATALOGUE[refused.code]?.remedy ?? "";
  expect(help).toMatch(/^["`A-Z].*[.?]$/s);
  if (refused.help !== undefined) expect(rest.join("\n")).toContain(refused.help);
}
