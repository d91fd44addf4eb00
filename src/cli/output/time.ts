import { formatDuration } from "../../core/duration.ts";

/** `2026-11-21T05:12:33.123456Z`: rows keep µs, and programs get them all. */
export function isoTime(micros: number): string;
export function isoTime(micros: number | null): string | null;
export function isoTime(micros: number | null): string | null {
  if (micros === null) return null;
  const ms = Math.floor(micros / 1000);
  const rest = String(micros - ms * 1000).padStart(3, "0");
  return `${new Date(ms).toISOString().slice(0, -1)}${rest}Z`;
}

/** `3m ago`, `in 5s`, `now`: one unit, for a column. */
export function relativeTime(micros: number | null, nowMicros = Date.now() * 1000): string {
  if (micros === null) return "";
  const ms = (nowMicros - micros) / 1000;
  if (Math.abs(ms) < 1000) return "now";
  const [largest = ""] = formatDuration(Math.floor(Math.abs(ms) / 1000) * 1000).split(" ");
  return ms > 0 ? `${largest} ago` : `in ${largest}`;
}

/** Local, for people: `2026-11-21 06:12:33`. */
export function localTime(micros: number): string {
  const at = new Date(micros / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Local, with ms and without the day: `06:12:33.123`. */
export function clockTime(micros: number): string {
  const ms = Math.floor(micros / 1000) % 1000;
  return `${localTime(micros).slice(11)}.${String(ms).padStart(3, "0")}`;
}

/** A length of time in µs, for people; empty when it is nothing. */
export function spanOf(micros: number): string {
  return micros <= 0 ? "" : formatDuration(micros / 1000);
}
