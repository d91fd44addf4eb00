import { inspect } from "node:util";
import { SegnoError } from "../core/errors.ts";
import { note } from "./output/print.ts";
import { err } from "./output/style.ts";

/** Says what ended a command. The stack is for those who ask for it with `--debug`. */
export function reportError(error: unknown, debug: boolean): void {
  const [message = "", ...help] = messageOf(error).split("\n");
  note(`${err.red("error:")} ${message}`);
  for (const line of help) note(line);
  if (error instanceof SegnoError && error.code !== "SEGNO_USAGE") note(err.dim(`  (${error.code})`));
  if (debug) note(err.dim(stackOf(error)));
  else if (!(error instanceof SegnoError)) note(err.dim("  `--debug` shows where it happened."));
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
