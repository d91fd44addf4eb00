import { brandOf, type ValueKind } from "./value-kind.ts";

/**
 * What JSON has no word for, as `{"$segno": kind, "v": …}`.
 *
 * A plain object that has a key of that name itself is written as `{"$segno":"object","v":{…}}`, so
 * that nothing which came in untagged can be read as a tag.
 */
export const TAG = "$segno";

export interface Tagged {
  readonly $segno: string;
  readonly v?: unknown;
}

export const UNDEFINED_TAG: Tagged = Object.freeze({ $segno: "undefined" });

/** What a task that returns nothing leaves in the journal. */
export const UNDEFINED_TEXT = JSON.stringify(UNDEFINED_TAG);

export function tagged(kind: string, v: unknown): Tagged {
  return { $segno: kind, v };
}

/** Whether JSON keeps the number: not NaN, an infinity or -0. */
export function isJsonNumber(value: number): boolean {
  // x - x is 0 for every finite number; 1 / -0 is -Infinity.
  return value === 0 ? 1 / value > 0 : value - value === 0;
}

export function tagNumber(value: number): Tagged {
  return tagged("number", value === 0 ? "-0" : String(value));
}

export type LeafKind = Extract<ValueKind, "date" | "regexp" | "url" | "bytes">;

/** An object that holds no other values. */
export function tagLeaf(kind: LeafKind, value: object): Tagged {
  switch (kind) {
    case "date": {
      const time = Date.prototype.getTime.call(value);
      return tagged("date", Number.isNaN(time) ? null : new Date(time).toISOString());
    }
    case "regexp": {
      const { source, flags } = value as RegExp;
      return tagged("regexp", [source, flags]);
    }
    case "url":
      return tagged("url", (value as URL).href);
    case "bytes":
      return { ...tagged("bytes", base64(value)), t: brandOf(value) } as Tagged;
  }
}

/** Bytes are little-endian, as on every machine that Node is built for but s390x. */
function base64(value: object): string {
  const view = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value as ArrayBuffer);
  return view.toString("base64");
}

/** The value of a leaf's tag, or undefined when the kind is not a leaf's. */
export function reviveLeaf(
  kind: unknown,
  tag: { readonly v?: unknown; readonly t?: unknown },
): object | number | bigint | undefined {
  const { v } = tag;
  switch (kind) {
    case "number":
      return Number(v);
    case "bigint":
      return BigInt(String(v));
    case "date":
      return new Date(typeof v === "string" ? v : Number.NaN);
    case "regexp":
      return Array.isArray(v) ? new RegExp(String(v[0]), String(v[1])) : undefined;
    case "url":
      return new URL(String(v));
    case "bytes":
      return reviveBytes(String(tag.t), String(v));
    default:
      return undefined;
  }
}

type Bytes = new (buffer: ArrayBuffer) => object;

const VIEWS: Readonly<Record<string, Bytes>> = {
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

function reviveBytes(type: string, text: string): object | undefined {
  // Copied, because Buffer's own memory is shared, and aligned for eight bytes only by luck.
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  if (type === "ArrayBuffer") return bytes.buffer;
  const View = Object.hasOwn(VIEWS, type) ? VIEWS[type] : undefined;
  return View === undefined ? undefined : new View(bytes.buffer);
}
