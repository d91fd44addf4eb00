import { fileURLToPath } from "node:url";

/** Frames of Segno itself, built or not, and of Node; what is left is the user's. */
const OWN = new URL("./", import.meta.url).href;

/**
 * The user's line in a stack, as `file:line:column`; null if there is none.
 *
 * @example
 * callSite(new Error()); // "/app/ingest.ts:12:3"
 */
export function callSite(error: Error): string | null {
  for (const line of (error.stack ?? "").split("\n").slice(1)) {
    const place = /\(?((?:file:\/\/)?\/?[^\s()]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined || place.startsWith("node:")) continue;
    const url = place.startsWith("file://") ? place : `file://${place}`;
    if (url.startsWith(OWN) && !/\.test\.[jt]s:|\/fixtures\//.test(url)) continue;
    return place.startsWith("file://") ? fileUrlPlace(place) : place;
  }
  return null;
}

function fileUrlPlace(place: string): string {
  const match = /^(.*?):(\d+):(\d+)$/.exec(place);
  if (match?.[1] === undefined) return place;
  return `${fileURLToPath(match[1])}:${match[2]}:${match[3]}`;
}
