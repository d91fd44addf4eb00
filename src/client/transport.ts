import { RefusedError } from "../core/errors.ts";
import type { Control } from "./control.ts";
import { getSettings } from "./settings/settings.ts";

/**
 * Opens the control plane that the settings name: the one place that decides between transports.
 *
 * @throws RefusedError for settings that cannot be followed; StoreError when the store cannot be opened.
 */
export async function openControl(): Promise<Control> {
  const settings = getSettings();
  if (settings.api.url !== null) {
    // Runs must not land in a file while somebody looks for them on a server.
    throw new RefusedError({
      code: "SEGNO_INVALID_SETTING",
      message: `api.url is ${JSON.stringify(settings.api.url)}, but this version knows the embedded store only.`,
      help: "Unset SEGNO_API_URL, or take api.url out of the profile: `segno config unset api.url`.",
      facts: { setting: "api.url" },
    });
  }
  const { EmbeddedControl } = await import("./embedded.ts");
  return EmbeddedControl.open(settings);
}
