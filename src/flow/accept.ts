import type { AllowFailure, Quoted, Unmapped } from "./annotations.ts";
import type { FutureList, TaskFuture } from "./future.ts";

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Error
  | ((...args: never[]) => unknown)
  | ArrayBufferView
  | ArrayBuffer;

/**
 * What may stand where a task takes a `T`: the value, a future of it, or a value with futures inside.
 */
export type Accept<T> =
  | T
  | TaskFuture<T>
  | AllowFailure<TaskFuture<T>>
  | Quoted<T>
  | (T extends Leaf
      ? never
      : T extends readonly (infer Item)[]
        ? readonly Accept<Item>[] | FutureList<Item>
        : T extends Map<unknown, unknown> | Set<unknown>
          ? never
          : T extends object
            ? { readonly [K in keyof T]: Accept<T[K]> }
            : never);

export type AcceptAll<Args extends readonly unknown[]> = { [K in keyof Args]: Accept<Args[K]> };

/** What may stand in `.map()` where the task takes a `T`: many of them, or one for every call. */
export type MapArgument<T> =
  | readonly Accept<T>[]
  | FutureList<T>
  | Unmapped<Accept<T>>
  | (T extends readonly unknown[]
      ? never
      : T extends string | number | boolean | null | undefined
        ? T
        : never);

export type MapArguments<Args extends readonly unknown[]> = { [K in keyof Args]: MapArgument<Args[K]> };
