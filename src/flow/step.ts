import { callTask } from "./call-task.ts";
import { definitionFile, invalidDefinition, readDefinition } from "./definition.ts";
import type { TaskOptions } from "./options.ts";
import { makeTaskDefinition } from "./task-definition.ts";

type StepOptions = Omit<TaskOptions<readonly []>, "name">;

/**
 * An inline task: runs a block once, and has its value from the journal ever after.
 *
 * @throws RefusedError when the name is missing.
 * @example
 * const order = await step("create order", () => api.createOrder(cart));
 * const rate = await step("fetch rate", { retries: 3 }, () => fetchRate("EUR"));
 */
export function step<Result>(
  name: string,
  work: () => Result | PromiseLike<Result>,
): Promise<Awaited<Result>>;
export function step<Result>(
  name: string,
  options: StepOptions,
  work: () => Result | PromiseLike<Result>,
): Promise<Awaited<Result>>;
export async function step(name: string, second: unknown, third?: unknown): Promise<unknown> {
  if (typeof name !== "string") throw invalidDefinition("step", "`name` must be text", name);
  const options = typeof second === "function" ? {} : (second as StepOptions);
  if (typeof options !== "object" || options === null) {
    throw invalidDefinition("step", "expected options or a function after the name", options);
  }
  const given = readDefinition<TaskOptions>(
    "step",
    { ...options, name },
    typeof second === "function" ? second : third,
  );
  const definition = makeTaskDefinition("step", given.name, given.fn, given.options, definitionFile());
  return callTask(definition, []);
}
