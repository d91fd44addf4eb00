/**
 * A process may hold two copies of this module, a bundle's and a loader's, and an error of one must be
 * told by the other: what counts is the mark that a class leaves on its prototype, not the class.
 */
export function shareAcrossCopies(name: string, shared: { readonly prototype: object }): void {
  const mark = Symbol.for(`segno.error.${name}.v1`);
  Object.defineProperty(shared.prototype, mark, { value: true });
  Object.defineProperty(shared, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this === shared) return typeof value === "object" && value !== null && mark in value;
      // A subclass of the user's own inherits this function.
      return Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}
