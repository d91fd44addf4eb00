import { RefusedError } from "../core/errors.ts";
import { renderName } from "../core/name-template.ts";
import { parameterNames } from "./parameter-names.ts";
import type { TaskDefinition } from "./task-definition.ts";

const NAME_LIMIT = 255;

/** The name of a task run by its template or function; null when the task has neither. */
export function taskRunName(definition: TaskDefinition, args: readonly unknown[]): string | null {
  const { taskRunName: given } = definition.options;
  if (given === undefined) return null;
  const what = `taskRunName of task "${definition.name}"`;
  if (typeof given === "function") return checkedName(given(...args), what);
  return renderName(given, argumentsByName(definition.fn, args));
}

/** The name of a flow run by its template or function; null when the flow has neither. */
export function flowRunName(
  flowName: string,
  given: string | ((input: never) => string) | undefined,
  input: unknown,
): string | null {
  if (given === undefined) return null;
  if (typeof given === "function") {
    return checkedName((given as (input: unknown) => unknown)(input), `flowRunName of flow "${flowName}"`);
  }
  return renderName(given, typeof input === "object" && input !== null ? { ...input } : { input });
}

/** Arguments under their parameters' names; the properties of a single object stand beside them. */
function argumentsByName(
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
): Record<string, unknown> {
  const names = parameterNames(fn);
  const [only] = args;
  const spread = args.length === 1 && typeof only === "object" && only !== null ? { ...only } : {};
  const named = args.map((arg, index) => [names[index] ?? String(index), arg] as const);
  return { ...spread, ...Object.fromEntries(named) };
}

function checkedName(name: unknown, what: string): string {
  if (typeof name === "string" && name !== "") return name.slice(0, NAME_LIMIT);
  throw new RefusedError({
    code: "SEGNO_RUN_NAME",
    message: `${what} must answer a non-empty text; it answered ${typeof name}.`,
    facts: { what, got: typeof name },
  });
}
