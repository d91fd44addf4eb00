/**
 * The "model": short, always the same answer to the same prompt, and sensible enough for an example
 * to be read. It knows two jobs, to classify and to judge; anything else it summarises.
 */
export function replyTo(prompt: string): string {
  if (/^\s*classify/i.test(prompt)) return classify(prompt);
  if (/rate this response/i.test(prompt)) return judge(prompt);
  return summarise(prompt);
}

/** The vendors count tokens; about four characters make one in English. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/**
 * A vector whose direction follows the words of the text: two texts that share words lie near each
 * other. Not a language model, but enough for a nearest-neighbour search to have a right answer.
 */
export function embed(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const word of wordsOf(text)) {
    const slot = hash(word) % dimensions;
    vector[slot] = (vector[slot] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

const TOPICS: Readonly<Record<string, readonly string[]>> = {
  economy: ["tax", "budget", "job", "trade", "business", "worker", "price", "economic", "dollar", "farm"],
  defense: ["war", "military", "weapon", "defense", "soviet", "missile", "attack", "troops", "nuclear"],
  health: ["health", "hospital", "medical", "doctor", "disease", "insurance", "medicare"],
  education: ["school", "education", "teacher", "college", "student", "university"],
  space: ["space", "moon", "satellite", "orbit", "rocket"],
};

/** Of the categories named in the prompt (`one of: a, b, c`), the one whose words the text uses most. */
function classify(prompt: string): string {
  const [instruction = "", ...rest] = prompt.split("\n");
  const text = rest.join("\n").toLowerCase();
  const categories = /one of:? ([^.\n]+)/i.exec(instruction)?.[1]?.split(/,\s*/) ?? Object.keys(TOPICS);
  const scored = categories.map((category) => ({
    category,
    score: (TOPICS[category] ?? [category]).reduce((sum, word) => sum + (text.split(word).length - 1), 0),
  }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a), { category: "other", score: 0 });
  return best.category;
}

/** Scores a response by the share of the expected words that it contains. */
function judge(prompt: string): string {
  const expected = wordsOf(/^Expected pattern: (.*)$/m.exec(prompt)?.[1] ?? "");
  const response = new Set(wordsOf(/^Response: ([\s\S]*?)^Return/m.exec(prompt)?.[1] ?? ""));
  const found = expected.filter((word) => response.has(word)).length;
  const score = 1 + Math.round((4 * found) / Math.max(1, expected.length));
  return JSON.stringify({ score, reason: `${found} of ${expected.length} expected words are there` });
}

function summarise(prompt: string): string {
  const text = prompt.split("\n").slice(1).join(" ").trim() || prompt;
  const [first = text] = text.split(/(?<=[.!?])\s/);
  return `In short: ${first}`;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
}

function hash(word: string): number {
  let value = 2166136261;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), 16777619) >>> 0;
  return value;
}
