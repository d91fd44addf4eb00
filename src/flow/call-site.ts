import { fileURLToPath } from "node:url";

/**
 * Segno itself. Built files stand in a stack under their source's name when the program reads source
 * maps (as under tsx), so both folders are its own wherever this one is.
 */
const ROOT = import.meta.url.replace(/[^/]+\/flow\/[^/]+$/, "");
const OWN = [`${ROOT}dist/`, `${ROOT}src/`];

/**
 * The user's line in a stack, as `file:line:column`; null if there is none.
 *
 * @example
 * const place = callSite(new Error()); // such as "/app/ingest.ts:12:3"
 */
export function callSite(error: Error): string | null {
  for (const line of (error.stack ?? "").split("\n").slice(1)) {
    const place = placeIn(line);
    if (place === undefined || place.startsWith("node:")) continue;
    const url = place.startsWith("file://") ? place : `file://${place}`;
    if (OWN.some((folder) => url.startsWith(folder)) && !/\.test\.[jt]s:|\/fixtures\//.test(url)) continue;
    return place.startsWith("file://") ? fileUrlPlace(place) : place;
  }
  return null;
}

/** `at f (PLACE)` or `at PLACE`; a path may hold spaces, and code made by `eval` has none. */
function placeIn(line: string): string | undefined {
  const match = /\(([^()]*:\d+:\d+)\)$|at (?:async )?([^()]*:\d+:\d+)$/.exec(line);
  const place = match?.[1] ?? match?.[2];
  return place?.includes("<anonymous>") === true ? undefined : place;
}

function fileUrlPlace(place: string): string {
  const match = /^(.*?):(\d+):(\d+)$/.exec(place);
  if (match?.[1] === undefined) return place;
  return `${fileURLToPath(match[1])}:${match[2]}:${match[3]}`;
}
