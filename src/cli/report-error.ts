import { inspect } from "node:util";
import { segnoError } from "./exit-codes.ts";
import { note } from "./output/print.ts";
import { noteUserPlace } from "./output/source-frame.ts";
import { err } from "./output/style.ts";

/** Says what ended a command. The stack is for those who ask for it with `--debug`. */
export function reportError(error: unknown, debug: boolean): void {
  const [message = "", ...help] = messageOf(error).split("\n");
  note(`${err.red("error:")} ${message}`);
  for (const line of help) note(line);
  const known = segnoError(error);
  if (known !== undefined && known.code !== "SEGNO_USAGE") note(err.dim(`  (${known.code})`));
  if (known === undefined) noteUserPlace(error);
  if (debug) note(`\n${err.dim(stackOf(error))}`);
  else if (known === undefined) note(err.dim("  (--debug shows the stack)"));
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? ""}${cause}`;
}
