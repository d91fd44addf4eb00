import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { newFolder } from "../../../test/support/folder.ts";
import type { StoredValue } from "../../core/run.ts";
import { type LocalFolder, localFolder } from "./local-folder.ts";
import { registerSerializer, type Serializer } from "./serializers.ts";
import { encodeInline, INLINE_LIMIT, loadValue, storeText, storeValue } from "./values.ts";

let storage: LocalFolder;

beforeEach(() => {
  storage = localFolder(join(newFolder(), "results"));
});

const store = (value: unknown, serializer?: string | Serializer) =>
  storeValue(value, { what: "the result", storage, ...(serializer === undefined ? {} : { serializer }) });
const load = (stored: StoredValue) => loadValue(stored, { storages: [storage] });

describe("a value", () => {
  const rich = {
    at: new Date(5),
    count: 12n,
    map: new Map([["a", new Set([1])]]),
    vector: new Float32Array([1.5, 2]),
    nothing: undefined,
  };

  it.each([[rich], [undefined], [null], ["text"], [0], [[]]])(
    "comes back from its row as it was: %o",
    async (value) => {
      const stored = await store(value);
      expect(stored.kind).toBe("inline");
      expect(await load(stored)).toEqual(value);
      expect(existsSync(storage.path)).toBe(false);
    },
  );

  it("comes back from the storage as it was", async () => {
    const value = { ...rich, text: "ü".repeat(INLINE_LIMIT) };
    const stored = await store(value);
    expect(stored).toMatchObject({ kind: "ref", ref: { serializer: "json", storage: "local" } });
    expect(await load(stored)).toEqual(value);
  });

  it("is told its size in bytes", async () => {
    const text = "ü".repeat(INLINE_LIMIT);
    const stored = await store(text);
    expect(stored).toMatchObject({ ref: { size: Buffer.byteLength(JSON.stringify(text)) } });
  });

  // Two quotation marks are part of the text.
  it.each([
    ["one byte a unit", "a".repeat(INLINE_LIMIT - 2), "a"],
    ["two bytes a unit", "ü".repeat((INLINE_LIMIT - 2) / 2), "a"],
    ["three bytes a unit", `${"€".repeat(Math.floor((INLINE_LIMIT - 2) / 3))}aa`, "a"],
    ["two units of four bytes", `${"😀".repeat(Math.floor((INLINE_LIMIT - 2) / 4))}aa`, "a"],
  ])("of %s is inline up to the limit exactly", (_, fits, more) => {
    expect(Buffer.byteLength(JSON.stringify(fits))).toBe(INLINE_LIMIT);
    expect(encodeInline(fits, "it")).toEqual({ kind: "inline", text: JSON.stringify(fits) });
    expect(encodeInline(fits + more, "it")).toEqual({ tooLarge: JSON.stringify(fits + more) });
  });

  it("too large for its row is stored from the text that was made of it", async () => {
    const value = ["x".repeat(INLINE_LIMIT)];
    const encoded = encodeInline(value, "it");
    if (!("tooLarge" in encoded)) throw new Error("it was expected to be too large");
    const stored = await storeText(encoded.tooLarge, storage);
    expect(await load(stored)).toEqual(value);
    expect(stored).toEqual(await store(value));
  });

  it("that JSON has no way to say is refused with its name and place", async () => {
    const value = { deep: [() => 1] };
    expect(() => encodeInline(value, "the result")).toThrow(/the result\.deep\[0\]/);
    const refusal = { name: "RefusedError", code: "SEGNO_UNSERIALIZABLE" };
    await expect(store(value)).rejects.toMatchObject(refusal);
    await expect(store(value, "compressed/json")).rejects.toMatchObject(refusal);
  });
});

describe("a serializer", () => {
  const text: Serializer = {
    name: "test/text",
    serialize: (value) => new TextEncoder().encode(String(value)),
    deserialize: (bytes) => new TextDecoder().decode(bytes),
  };

  it("of one's own writes to the storage, however small the value", async () => {
    const stored = await store("hi", text);
    expect(stored).toMatchObject({ kind: "ref", ref: { size: 2, serializer: "test/text" } });
    expect(await load(stored)).toBe("hi");
    expect(await load(await store("by name", "test/text"))).toBe("by name");
  });

  it("may take its time both ways", async () => {
    const slow: Serializer = {
      name: "test/slow",
      serialize: async (value) => text.serialize(value, ""),
      deserialize: async (bytes) => text.deserialize(bytes),
    };
    expect(await load(await store("later", slow))).toBe("later");
  });

  it("that compresses makes large text small", async () => {
    const value = { lines: Array.from({ length: 5000 }, () => "the same line again"), at: new Date(3) };
    const stored = await store(value, "compressed/json");
    if (stored.kind !== "ref") throw new Error("it was expected in the storage");
    expect(stored.ref.size).toBeLessThan(2000);
    expect(await load(stored)).toEqual(value);
  });

  it("that nobody registered is refused with those that are known", async () => {
    const stored = await store("x", text);
    if (stored.kind !== "ref") throw new Error("it was expected in the storage");
    const foreign: StoredValue = { kind: "ref", ref: { ...stored.ref, serializer: "pickle" } };
    const refusal = {
      name: "RefusedError",
      code: "SEGNO_UNKNOWN_SERIALIZER",
      message: expect.stringContaining('"json", "compressed/json", "test/text"') as string,
    };
    await expect(load(foreign)).rejects.toMatchObject(refusal);
    await expect(store("x", "pickle")).rejects.toMatchObject(refusal);
  });

  it("may be registered twice; another with its name may not", () => {
    registerSerializer(text);
    expect(() => registerSerializer({ ...text })).toThrow(/another serializer is named "test\/text"/i);
    expect(() => registerSerializer({ ...text, name: "json" })).toThrow(/named "json"/);
    expect(() => registerSerializer({ ...text, name: "" })).toThrow(/needs a name/);
  });

  it("that fails is told with the value's name and the cause", async () => {
    const cause = new Error("no words for it");
    const mute: Serializer = {
      ...text,
      name: "test/mute",
      serialize: () => {
        throw cause;
      },
    };
    await expect(store(1, mute)).rejects.toMatchObject({
      name: "RefusedError",
      code: "SEGNO_UNSERIALIZABLE",
      message: expect.stringContaining('"test/mute" cannot write the result: no words for it') as string,
      cause,
    });
  });

  it("that answers no bytes is told so", async () => {
    const wrong = { ...text, name: "test/wrong", serialize: () => "text" } as unknown as Serializer;
    await expect(store(1, wrong)).rejects.toMatchObject({
      code: "SEGNO_UNSERIALIZABLE",
      message: expect.stringContaining("answered string and not a Uint8Array") as string,
    });
  });

  it("that cannot read what it finds is told as a failure of the store", async () => {
    const stored = await store("not gzip", text);
    if (stored.kind !== "ref") throw new Error("it was expected in the storage");
    const other: StoredValue = { kind: "ref", ref: { ...stored.ref, serializer: "compressed/json" } };
    await expect(load(other)).rejects.toMatchObject({ name: "StoreError", code: "SEGNO_RESULT_UNREADABLE" });
  });
});

describe("a storage", () => {
  it("is found by its name among several", async () => {
    const other = localFolder(join(newFolder(), "other"), "other");
    const stored = await storeValue("x".repeat(INLINE_LIMIT), { what: "it", storage: other });
    expect(await loadValue(stored, { storages: [storage, other] })).toHaveLength(INLINE_LIMIT);
    await expect(load(stored)).rejects.toMatchObject({
      code: "SEGNO_UNKNOWN_STORAGE",
      message: expect.stringContaining('"other" here; known: "local"') as string,
    });
  });
});
