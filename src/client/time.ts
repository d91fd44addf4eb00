import { uuidv7 } from "uuidv7";

/** The wall clock in µs since the epoch, as rows keep time. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** A new id; ids made later sort later. */
export function newId(): string {
  return uuidv7();
}
