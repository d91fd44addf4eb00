import pc from "picocolors";
import type { StateType } from "../../core/state.ts";

/**
 * Colours on a terminal only, and never where `NO_COLOR` is set; a file gets plain text.
 * @internal
 */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "") return env["FORCE_COLOR"] !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

export type Paint = (text: string) => string;

/** For what goes to stdout, and for what goes to stderr: either may be a file. */
export const out = pc.createColors(wantsColor(process.stdout));
export const err = pc.createColors(wantsColor(process.stderr));

/** The colour of a state. */
export function statePaint(type: StateType, colors: typeof out = out): Paint {
  switch (type) {
    case "COMPLETED":
      return colors.green;
    case "FAILED":
      return colors.red;
    case "CRASHED":
      return colors.yellow;
    case "RUNNING":
      return colors.blue;
    case "CANCELLING":
    case "CANCELLED":
      return colors.magenta;
    case "SCHEDULED":
    case "PENDING":
    case "PAUSED":
      return colors.cyan;
  }
}
