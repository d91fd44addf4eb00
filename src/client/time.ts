import { randomFillSync } from "node:crypto";
import { V7Generator } from "uuidv7";

/** The wall clock in µs since the epoch, as rows keep time. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** As many words at a time as some hundred ids take: asking the system costs more than an id does. */
const words = new Uint32Array(256);
let next = words.length;

const ids = new V7Generator({
  nextUint32() {
    if (next === words.length) {
      randomFillSync(words);
      next = 0;
    }
    return words[next++] ?? 0;
  },
});

/** A new id; ids made later sort later. */
export function newId(): string {
  return ids.generate().toString();
}
