/** A fenced block of TypeScript in a page, or an example in a comment. */
export interface Example {
  /** The page or the source, from the project's folder. */
  readonly file: string;
  /** The line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** It is to be run, and not only compiled. */
  readonly run: boolean;
}

/**
 * The blocks of a page that begin with ```` ```ts ````. One that begins with ```` ```ts run ```` is
 * run as well.
 */
export function blocksOf(file: string, text: string): Example[] {
  const found: Example[] = [];
  let open: { line: number; run: boolean; code: string[] } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (open !== null) {
      if (fence === null) open.code.push(line);
      else {
        found.push({ file, line: open.line, run: open.run, code: open.code.join("\n") });
        open = null;
      }
      continue;
    }
    if (fence === null) continue;
    const [language, ...words] = (fence[1] ?? "").trim().split(/\s+/);
    if (language === "ts") open = { line: index + 2, run: words.includes("run"), code: [] };
    else open = skipped();
  }
  return found.filter((example) => example.line > 0);
}

/** A block of another language: its end must be found, and nothing of it is kept. */
function skipped(): { line: number; run: boolean; code: string[] } {
  return { line: 0, run: false, code: [] };
}

/** The links of a page: their targets, with the line that each stands in. */
export function linksOf(text: string): { readonly target: string; readonly line: number }[] {
  const prose = text.replace(/^\s*```[\s\S]*?^\s*```/gm, (block) => block.replace(/[^\n]/g, ""));
  return prose.split("\n").flatMap((line, index) =>
    [...line.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({
      target: match[1] ?? "",
      line: index + 1,
    })),
  );
}

/** The anchors of a page's headings, as they are made for the web. */
export function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6}\s+(.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
  );
}
