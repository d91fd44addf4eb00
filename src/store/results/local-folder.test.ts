import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { Child } from "../../../test/support/child.ts";
import { newFolder } from "../../../test/support/folder.ts";
import { type LocalFolder, localFolder } from "./local-folder.ts";

const WRITER = join(import.meta.dirname, "fixtures", "folder-writer.ts");
const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

let path: string;
let folder: LocalFolder;

beforeEach(() => {
  path = join(newFolder(), "deep", "results");
  folder = localFolder(path);
});

const fileOf = (key: string) => join(path, key.slice(0, 2), key.slice(2, 4), key);
const files = () => readdirSync(path, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());

describe("a local folder", () => {
  it("gives back what was written, by the hash of the content", async () => {
    const key = await folder.write(bytes("hello"));
    expect(key).toBe(sha256("hello"));
    expect(await folder.read(key)).toEqual(Buffer.from("hello"));
    expect(statSync(fileOf(key)).size).toBe(5);
  });

  it("keeps any bytes, none at all included", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(new Uint8Array(await folder.read(await folder.write(all)))).toEqual(all);
    expect(await folder.read(await folder.write(new Uint8Array()))).toHaveLength(0);
  });

  it("stores equal values once, and does not write again what is there", async () => {
    const key = await folder.write(bytes("same"));
    utimesSync(fileOf(key), 1, 1);
    expect(await folder.write(bytes("same"))).toBe(key);
    expect(statSync(fileOf(key)).mtimeMs).toBe(1000);
    expect(files()).toHaveLength(1);
  });

  it("writes again what was cut short", async () => {
    const key = await folder.write(bytes("whole"));
    truncateSync(fileOf(key), 2);
    await folder.write(bytes("whole"));
    expect(readFileSync(fileOf(key), "utf8")).toBe("whole");
  });

  it("writes more values at once than it opens files", async () => {
    const keys = await Promise.all(
      Array.from({ length: 300 }, (_, i) => folder.write(bytes(`value ${i % 100}`))),
    );
    expect(new Set(keys).size).toBe(100);
    expect(files()).toHaveLength(100);
    const [first = ""] = keys;
    expect(await folder.read(first)).toEqual(Buffer.from("value 0"));
  });

  it("deletes once", async () => {
    const key = await folder.write(bytes("gone"));
    expect(await folder.delete(key)).toBe(true);
    expect(await folder.delete(key)).toBe(false);
    await expect(folder.read(key)).rejects.toMatchObject({ code: "SEGNO_RESULT_MISSING" });
    // The folder that the file was in is still known, and still there.
    await folder.write(bytes("gone"));
    expect(await folder.read(key)).toEqual(Buffer.from("gone"));
  });

  it.each(["../../etc/passwd", "", "AB".repeat(32), `${"ab".repeat(32)}/`])(
    "refuses the key %j",
    async (key) => {
      await expect(folder.read(key)).rejects.toMatchObject({ code: "SEGNO_INVALID_RESULT_KEY" });
      await expect(folder.delete(key)).rejects.toMatchObject({ code: "SEGNO_INVALID_RESULT_KEY" });
    },
  );
});

describe("what was harmed", () => {
  it.each([
    ["cut short", (file: string) => truncateSync(file, 3)],
    ["of the right size with other bytes", (file: string) => writeFileSync(file, "W0rth")],
    ["emptied", (file: string) => truncateSync(file, 0)],
  ])("a file %s is told on reading", async (_, harm) => {
    const key = await folder.write(bytes("worth"));
    harm(fileOf(key));
    await expect(folder.read(key)).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_RESULT_CORRUPT",
      facts: { key, path: fileOf(key) },
    });
  });

  it("a missing file is told with its place", async () => {
    const key = sha256("never written");
    await expect(folder.read(key)).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_RESULT_MISSING",
      message: expect.stringContaining(fileOf(key)) as string,
    });
  });
});

describe("several processes", () => {
  it("write the same values at once, and each of them is whole", { timeout: 60_000 }, async () => {
    const children = [1, 2, 3].map(() => new Child(WRITER, ["write", path, "40"]));
    const keys = await Promise.all(children.map((child) => child.done()));
    expect(new Set(keys).size).toBe(1);
    const all = JSON.parse(keys[0] ?? "[]") as string[];
    for (const key of all) expect(await folder.read(key)).toHaveLength(100_000);
    expect(files()).toHaveLength(40);
  });

  it(
    "leave only garbage when killed in the middle of a write, and a sweep takes it away",
    { timeout: 60_000 },
    async () => {
      const child = new Child(WRITER, ["forever", path]);
      await child.printed("wrote 20 ");
      await child.kill();
      // The kill may have fallen between two writes: put down what one leaves that falls in the middle.
      const torn = await folder.write(bytes("torn"));
      await folder.delete(torn);
      writeFileSync(`${fileOf(torn)}.0123456789ab.tmp`, "to");

      for (const file of files()) {
        if (!file.name.endsWith(".tmp"))
          expect(sha256(readFileSync(join(file.parentPath, file.name)))).toBe(file.name);
      }
      await expect(folder.read(torn)).rejects.toMatchObject({ code: "SEGNO_RESULT_MISSING" });
      const whole = files().filter((file) => !file.name.endsWith(".tmp"));
      expect(await folder.sweepTemporary(3_600_000)).toBe(0);
      expect(await folder.sweepTemporary(-1000)).toBeGreaterThanOrEqual(1);
      expect(files()).toHaveLength(whole.length);
    },
  );

  it("find nothing to sweep where nothing was written", async () => {
    expect(await folder.sweepTemporary(0)).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});

describe("a place that cannot be written", () => {
  it("for want of permission is told", async () => {
    mkdirSync(path, { recursive: true, mode: 0o500 });
    const refused = asNobody(() => folder.write(bytes("x")));
    await expect(refused).rejects.toMatchObject({
      name: "StoreError",
      code: "SEGNO_RESULT_STORAGE_DENIED",
      facts: { path, errno: "EACCES" },
      help: expect.stringContaining("SEGNO_RESULTS_PATH") as string,
    });
    // Once the permission is there, so is the value: the failure is not remembered.
    expect(await folder.read(await folder.write(bytes("x")))).toEqual(Buffer.from("x"));
  });

  it("because a file is in the way is told", async () => {
    const inTheWay = join(newFolder(), "file");
    writeFileSync(inTheWay, "");
    for (const place of [inTheWay, join(inTheWay, "below")]) {
      await expect(localFolder(place).write(bytes("x"))).rejects.toMatchObject({
        code: "SEGNO_RESULT_STORAGE_FAILED",
        message: expect.stringContaining("where something else lies") as string,
      });
    }
  });

  it("for want of space is told, and leaves nothing behind", { timeout: 60_000 }, async () => {
    // The one way to run out of space without a disk of one's own: no file may pass 64 blocks.
    const child = new Child(WRITER, ["too-large", path, "1000000"], {}, { fileBlocks: 64 });
    const failure = JSON.parse(await child.done()) as { code: string; help: string };
    expect(failure.code).toBe("SEGNO_RESULT_STORAGE_FULL");
    expect(failure.help).toContain("ulimit -f");
    expect(files()).toEqual([]);
  });
});
