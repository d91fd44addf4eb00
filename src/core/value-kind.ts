/**
 * What sort of object a value is, by what decides how it is written down.
 *
 * Recognised by brand rather than by `instanceof`: test runners and `vm` contexts hand in Dates and
 * Errors of another realm.
 */
export type ValueKind =
  | "array"
  | "plain"
  | "date"
  | "map"
  | "set"
  | "regexp"
  | "url"
  | "bytes"
  | "error"
  /** An instance that says itself what it is in JSON. */
  | "toJSON"
  | "promise"
  | "instance";

const BYTES: ReadonlySet<string> = new Set([
  "ArrayBuffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
]);

export function kindOf(value: object): ValueKind {
  if (Array.isArray(value)) return "array";
  if (isPlain(value)) return hasToJSON(value) ? "toJSON" : "plain";
  const brand = brandOf(value);
  switch (brand) {
    case "Date":
      return "date";
    case "Map":
      return "map";
    case "Set":
      return "set";
    case "RegExp":
      return "regexp";
    case "URL":
      return value instanceof URL ? "url" : "toJSON";
    case "Error":
    case "DOMException":
      return "error";
  }
  if (value instanceof Error) return "error";
  if (BYTES.has(brand)) return "bytes";
  if (hasToJSON(value)) return "toJSON";
  return brand === "Promise" || typeof Reflect.get(value, "then") === "function" ? "promise" : "instance";
}

/** `Date` for a Date: what `Object.prototype.toString` calls it. */
export function brandOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Whether it is an object literal's kind of object, of this realm or another. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return (
    typeof prototype === "object" &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, "hasOwnProperty") &&
    brandOf(value) === "Object"
  );
}

function hasToJSON(value: object): boolean {
  return typeof Reflect.get(value, "toJSON") === "function";
}

/** The value in a message: `a function`, `an instance of Socket`. */
export function describeValue(value: unknown): string {
  if (typeof value === "function") {
    const name: unknown = Reflect.getOwnPropertyDescriptor(value, "name")?.value;
    return typeof name === "string" && name !== "" ? `a function (${name})` : "a function";
  }
  if (typeof value === "symbol") return `a symbol (${String(value)})`;
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  if (value === null) return "null";
  const kind = kindOf(value);
  if (kind === "promise") return "a promise";
  if (kind !== "instance" && kind !== "toJSON") return kind === "array" ? "an array" : `a ${kind}`;
  const brand = brandOf(value);
  if (brand !== "Object") return `a ${brand}`;
  const maker: unknown = Reflect.get(value, "constructor");
  return typeof maker === "function" && maker.name !== ""
    ? `an instance of ${maker.name}`
    : "an instance of a class";
}

/** The value in a message that says what came: small ones as they are written, others by their kind. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : describeValue(value);
}
