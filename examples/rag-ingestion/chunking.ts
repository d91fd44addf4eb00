import type { Document } from "./documents.ts";

export interface Chunk {
  /** The same text at the same place always has the same id, so that storing it twice changes nothing. */
  id: string;
  text: string;
  source: string;
  index: number;
}

export interface ChunkOptions {
  /** Characters in a chunk, at most. */
  size: number;
  /** Characters that a chunk repeats of the one before it, so that no sentence loses its context. */
  overlap: number;
}

export function chunksOf(document: Document, options: ChunkOptions): Chunk[] {
  return splitText(document.text, options).map((text, index) => ({
    id: `${document.hash.slice(0, 16)}-${index}`,
    text,
    source: document.name,
    index,
  }));
}

/** Splits a text into overlapping pieces that end with a sentence where they can, and else with a word. */
export function splitText(text: string, { size, overlap }: ChunkOptions): string[] {
  if (!(size > 0) || !(overlap >= 0) || overlap >= size / 2) {
    throw new RangeError(`expected 0 <= overlap < size / 2, got size ${size} and overlap ${overlap}`);
  }
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOfPiece(text, start, size);
    const piece = text.slice(start, end).trim();
    if (piece) pieces.push(piece);
    // Without this the overlap would step back from the end of the text for ever.
    if (end === text.length) break;
    start = startOfWord(text, end - overlap, end);
  }
  return pieces;
}

function endOfPiece(text: string, start: number, size: number): number {
  const limit = Math.min(start + size, text.length);
  if (limit === text.length) return limit;
  // What ended in the first half of the piece would make it too short to be worth embedding.
  const middle = start + size / 2;
  const sentence = text.lastIndexOf(".", limit - 1) + 1;
  if (sentence > middle) return sentence;
  const word = text.lastIndexOf(" ", limit);
  return word > middle ? word : limit;
}

/** The first place between the two where a word begins; the first of them if there is none. */
function startOfWord(text: string, from: number, to: number): number {
  const space = text.indexOf(" ", from - 1);
  return space !== -1 && space < to ? space + 1 : from;
}

export function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
