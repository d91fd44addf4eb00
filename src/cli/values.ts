import type { Control } from "../client/control.ts";
import { errorMessage, reviveError } from "../core/recorded-error.ts";
import type { StoredValue } from "../core/run.ts";
import { encodeJson } from "../core/serialize.ts";
import { loadValue } from "../store/results/values.ts";
import { showValue } from "./output/facts.ts";
import { showPlace, userPlace } from "./output/source-frame.ts";

/** Bytes past which a stored value is not loaded for a person's eyes. */
const MOST_SHOWN = 1024 * 1024;

/** A stored value for people, or where it lies if it is large or cannot be read here. */
export async function showStored(control: Control, value: StoredValue | null): Promise<string | null> {
  if (value === null) return null;
  const place =
    value.kind === "ref"
      ? `${value.ref.size} bytes in ${value.ref.storage} storage, key ${value.ref.key}`
      : "";
  if (value.kind === "ref" && value.ref.size > MOST_SHOWN) return place;
  try {
    return showValue(await loadValue(value, { storages: [control.results] }));
  } catch (error) {
    return `${place} (not readable here: ${errorMessage(error)})`.trimStart();
  }
}

/** A stored value as JSON; what JSON has no word for (dates, maps) is tagged as the journal tags it. */
export async function storedJson(control: Control, value: StoredValue | null): Promise<unknown> {
  if (value === null) return null;
  try {
    return valueJson(await loadValue(value, { storages: [control.results] }), "a stored value");
  } catch {
    return value.kind === "ref" ? { ref: value.ref } : null;
  }
}

export function valueJson(value: unknown, what: string): unknown {
  return value === undefined ? null : (JSON.parse(encodeJson(value, what)) as unknown);
}

/** A recorded error for people: its message, and where in the user's code it was thrown. */
export function showError(text: string | null): string | null {
  if (text === null) return null;
  const error = reviveError(text);
  const place = userPlace(error);
  return `${errorMessage(error)}${place === null ? "" : `\nat ${showPlace(place)}`}`;
}
