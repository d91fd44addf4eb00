/**
 * The names of a function's plain parameters, read from its source; a destructured or rest parameter
 * has none (undefined in its place). Good for names of runs, where a miss costs a nicer name; what
 * decides over caching parses properly.
 */
export function parameterNames(fn: (...args: never[]) => unknown): readonly (string | undefined)[] {
  const known = cache.get(fn);
  if (known !== undefined) return known;
  const names = read(Function.prototype.toString.call(fn));
  cache.set(fn, names);
  return names;
}

const cache = new WeakMap<object, readonly (string | undefined)[]>();

function read(source: string): (string | undefined)[] {
  const arrow = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source)?.[1];
  if (arrow !== undefined) return [arrow];
  const open = source.indexOf("(");
  if (open === -1) return [];
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const char of source.slice(open)) {
    if ("([{".includes(char)) depth++;
    if (depth > 1 || (depth === 1 && !"(,)".includes(char))) part += char;
    if (")]}".includes(char)) depth--;
    if (depth === 0 || (depth === 1 && char === ",")) {
      if (part.trim() !== "") parts.push(part.trim());
      part = "";
    }
    if (depth === 0) break;
  }
  return parts.map((text) => /^([\w$]+)\s*(?:=|$)/.exec(text.replace(/,$/, ""))?.[1]);
}
