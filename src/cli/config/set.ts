import { setSetting } from "../../client/settings/write.ts";
import { note, print } from "../output/print.ts";
import { err } from "../output/style.ts";
import { usageError } from "../usage-error.ts";

export function set(given: readonly string[]): void {
  for (const [name, value] of pairs(given)) {
    const { name: written, profile, file, hiddenBy } = setSetting(name, value);
    print(`Set ${written} in profile ${profile} (${file}).`);
    if (hiddenBy !== undefined)
      note(err.yellow(`${hiddenBy} is set in the environment, and goes before it.`));
  }
}

/** `a=1 b=2`, or `a 1`. */
function pairs(given: readonly string[]): readonly (readonly [string, string])[] {
  const [name = "", value] = given;
  if (given.length === 2 && value !== undefined && !name.includes("=")) return [[name, value]];
  return given.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw usageError(`${JSON.stringify(pair)} sets nothing; expected name=value.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}
