/**
 * Where a walk through a value stands, so that a refusal can name the place and a cycle is seen.
 *
 * Two array stores for every container and nothing for a primitive: a walk that refuses nothing must
 * cost next to nothing. Ancestors are compared only below {@link CYCLE_DEPTH}; a cycle is found a
 * few laps late, and then reported where it first closed.
 */

/**
 * Levels. V8's own JSON writer overflows the stack somewhere past 4000, a tagged Map is four levels
 * of JSON, and the caller has used some of the stack already.
 */
export const MAX_DEPTH = 1000;

const CYCLE_DEPTH = 24;

export type TrailProblem =
  | { readonly problem: "circular"; readonly first: string; readonly again: string }
  | { readonly problem: "deep"; readonly at: string };

export class Trail {
  readonly #what: string;
  readonly #containers: object[] = [];
  /** `#steps[d]` leads from the container at depth d to the one at d + 1. */
  readonly #steps: (string | number)[] = [];
  #depth = -1;

  constructor(what: string) {
    this.#what = what;
  }

  /** Goes down into a container; a problem that it returns ends the walk. */
  enter(container: object): TrailProblem | undefined {
    this.#depth += 1;
    this.#containers[this.#depth] = container;
    if (this.#depth < CYCLE_DEPTH) return undefined;
    return this.#check(container);
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** Says which member of the container is looked at now: an index, a key, or a call such as `.get("k")`. */
  step(step: string | number): void {
    this.#steps[this.#depth] = step;
  }

  path(): string {
    return this.#pathTo(this.#depth + 1);
  }

  #check(container: object): TrailProblem | undefined {
    for (let i = this.#depth - 1; i >= 0; i--) {
      if (this.#containers[i] === container) return this.#firstCycle();
    }
    return this.#depth >= MAX_DEPTH ? { problem: "deep", at: this.#pathTo(4) } : undefined;
  }

  #firstCycle(): TrailProblem {
    const seen = new Map<object, number>();
    for (let i = 0; i <= this.#depth; i++) {
      const container = this.#containers[i];
      if (container === undefined) break;
      const first = seen.get(container);
      if (first !== undefined)
        return { problem: "circular", first: this.#pathTo(first), again: this.#pathTo(i) };
      seen.set(container, i);
    }
    return { problem: "deep", at: this.#pathTo(4) };
  }

  #pathTo(length: number): string {
    let path = this.#what;
    for (let i = 0; i < length; i++) {
      const step = this.#steps[i];
      if (typeof step === "number") path += `[${step}]`;
      else if (step !== undefined) path += CALL.test(step) ? step : memberStep(step);
      if (path.length > 300) return `${path.slice(0, 300)}…`;
    }
    return path;
  }
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const CALL = /^\.(?:toJSON\(\)|get\(.*\)|keys\(\)\[\d+\]|values\(\)\[\d+\])$/su;

function memberStep(key: string): string {
  if (IDENTIFIER.test(key)) return `.${key}`;
  return `[${JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key)}]`;
}
