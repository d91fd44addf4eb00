/** How many single-character edits (a swap of neighbours counts as one) turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/**
 * The candidates that somebody who typed `wanted` probably meant, best first.
 *
 * A candidate that contains what was typed counts as near however long it is; otherwise a third of
 * the characters may differ, which keeps `ls` from being "near" every two-letter word.
 *
 * @example
 * nearest("logging.levl", ["logging.level", "store.path"]); // ["logging.level"]
 */
export function nearest(wanted: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const typed = wanted.toLowerCase();
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const name = candidate.toLowerCase();
    const distance = editDistance(typed, name);
    if (distance <= Math.max(1, Math.floor(Math.max(typed.length, name.length) / 3))) {
      scored.push({ candidate, score: distance });
    } else if (typed.length >= 3 && name.includes(typed)) {
      scored.push({ candidate, score: typed.length });
    }
  }
  scored.sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, limit).map((entry) => entry.candidate);
}

/** `did you mean a, b or c?`, or undefined when nothing is near: ready to be an error's help. */
export function didYouMean(wanted: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(wanted, candidates);
  if (near.length === 0) return undefined;
  const last = near.at(-1);
  const list = near.length === 1 ? last : `${near.slice(0, -1).join(", ")} or ${last}`;
  return `Did you mean ${list}?`;
}
