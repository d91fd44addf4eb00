/** Work on its way, by number only: a run makes its calls by the million. */
export class Outstanding {
  #count = 0;
  #onRest: (() => void)[] = [];

  track(work: Promise<unknown>): void {
    this.#count++;
    work.then(this.#ended, this.#ended);
  }

  /**
   * Resolves when all of it has ended, and what followed from it: a turn of the loop lets the code come
   * to rest and make its next call, however deep its functions are.
   */
  async settled(): Promise<void> {
    await nextTurn();
    while (this.#count > 0) {
      await new Promise<void>((resolve) => this.#onRest.push(resolve));
      await nextTurn();
    }
  }

  readonly #ended = (): void => {
    if (--this.#count > 0) return;
    const waiting = this.#onRest;
    this.#onRest = [];
    for (const resume of waiting) resume();
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
