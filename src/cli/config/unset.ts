import { currentProfile } from "../../client/settings/settings.ts";
import { unsetSetting } from "../../client/settings/write.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print } from "../output/print.ts";

export function unset(names: readonly string[]): void {
  for (const name of names) {
    const change = unsetSetting(name);
    if (change !== null) {
      print(`Unset ${change.name} in profile ${change.profile} (${change.file}).`);
      continue;
    }
    note(`${name} is not set in profile ${currentProfile().name}.`);
    process.exitCode = EXIT.notFound;
  }
}
