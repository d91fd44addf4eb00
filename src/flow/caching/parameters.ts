import type { Pattern, Program } from "acorn";
import { didYouMean } from "../../core/nearest.ts";
import { RefusedError } from "../../core/errors.ts";

type AnyFunction = (...args: never[]) => unknown;

/** Where in the arguments a name's value stands: the argument's index, then properties. */
interface Place {
  readonly index: number;
  readonly path: readonly string[];
  /** The name gathers all arguments from `index` on. */
  readonly rest: boolean;
}

type Places = ReadonlyMap<string, Place>;

const known = new WeakMap<AnyFunction, Promise<Places>>();

/**
 * The arguments without those of the given names; what goes is replaced by undefined or left out of
 * a copy, and the caller's objects stay as they are.
 *
 * @throws RefusedError `SEGNO_UNKNOWN_PARAMETER` for a name that the function does not have.
 */
export async function withoutParameters(
  taskName: string,
  fn: AnyFunction,
  args: readonly unknown[],
  names: readonly string[],
): Promise<readonly unknown[]> {
  let places = known.get(fn);
  if (places === undefined) {
    places = readPlaces(taskName, fn);
    known.set(fn, places);
  }
  const found = await places;
  let left = args;
  for (const name of names) left = without(left, placeOf(taskName, name, found));
  return left;
}

function without(args: readonly unknown[], { index, path, rest }: Place): readonly unknown[] {
  if (rest) return args.slice(0, index);
  if (index >= args.length) return args;
  return args.map((arg, at) => (at === index ? dropped(arg, path) : arg));
}

/** A copy without what the path leads to; a value that has no such property stays itself. */
function dropped(value: unknown, path: readonly string[]): unknown {
  const [property, ...deeper] = path;
  if (property === undefined) return undefined;
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === property ? dropped(item, deeper) : (item as unknown)));
  }
  if (!isPlain(value) || !Object.hasOwn(value, property)) return value;
  return { ...value, [property]: dropped(value[property], deeper) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The longest known name that the given one begins with; what follows it are properties. */
function placeOf(taskName: string, name: string, places: Places): Place {
  const steps = name.split(".");
  for (let length = steps.length; length > 0; length--) {
    const place = places.get(steps.slice(0, length).join("."));
    const properties = steps.slice(length);
    // What a rest parameter gathers has no properties of its own.
    if (place === undefined || (place.rest && properties.length > 0)) continue;
    return { ...place, path: [...place.path, ...properties] };
  }
  const names = [...places.keys()];
  throw new RefusedError({
    code: "SEGNO_UNKNOWN_PARAMETER",
    message:
      `The cache policy of task "${taskName}" leaves out "${name}", but the task has no such parameter; ` +
      (names.length === 0 ? "it has none." : `it has ${names.map((one) => `"${one}"`).join(", ")}.`),
    help: didYouMean(name, names) ?? "Write the parameter's name as the task's function has it.",
    facts: { task: taskName, parameter: name, known: names },
  });
}

/** The parser is fetched at the first policy that leaves something out: most programs need none. */
async function readPlaces(taskName: string, fn: AnyFunction): Promise<Places> {
  const { parseExpressionAt, parse } = await import("acorn");
  const source = Function.prototype.toString.call(fn);
  const options = { ecmaVersion: "latest", sourceType: "module" } as const;
  const attempts = [
    () => parseExpressionAt(`(${source})`, 0, options),
    // A method's text is not an expression by itself.
    () => methodOf(parse(`(class { ${source} })`, options)),
  ];
  for (const attempt of attempts) {
    try {
      const node = attempt();
      if (node !== null && "params" in node) return placesOf(node.params as readonly Pattern[]);
    } catch {
      // Not of this form; the next one may be.
    }
  }
  throw new RefusedError({
    code: "SEGNO_UNKNOWN_PARAMETER",
    message: `The names of the parameters of task "${taskName}" cannot be read: its function has no source of its own (it is bound or native).`,
    help: "Wrap it in a function with named parameters, or make the key with `cacheKey`.",
    facts: { task: taskName },
  });
}

function methodOf(program: Program): object | null {
  const [statement] = program.body;
  if (statement?.type !== "ExpressionStatement" || statement.expression.type !== "ClassExpression")
    return null;
  const [member] = statement.expression.body.body;
  return member?.type === "MethodDefinition" ? member.value : null;
}

function placesOf(params: readonly Pattern[]): Places {
  const places = new Map<string, Place>();
  for (const [index, param] of params.entries()) collect(param, { index, path: [], rest: false }, "", places);
  return places;
}

/** Notes the names that a pattern binds and the properties that it takes, with where they stand. */
function collect(pattern: Pattern, place: Place, prefix: string, places: Map<string, Place>): void {
  switch (pattern.type) {
    case "Identifier":
      places.set(pattern.name, place);
      return;
    case "AssignmentPattern":
      collect(pattern.left, place, prefix, places);
      return;
    case "RestElement":
      collect(pattern.argument, { ...place, rest: true }, prefix, places);
      return;
    case "ArrayPattern":
      for (const [at, item] of pattern.elements.entries()) {
        // The rest of an array or object has no place of its own.
        if (item === null || item.type === "RestElement") continue;
        collect(item, { ...place, path: [...place.path, String(at)] }, prefix, places);
      }
      return;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type === "RestElement" || property.computed) continue;
        const { key } = property;
        const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : null;
        if (name === null) continue;
        const inner = { ...place, path: [...place.path, name] };
        places.set(`${prefix}${name}`, inner);
        collect(property.value, inner, `${prefix}${name}.`, places);
      }
      return;
    default:
  }
}
