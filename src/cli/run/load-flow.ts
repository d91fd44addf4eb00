import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { type Flow, flowDefinition } from "../../flow/flow.ts";
import type { RunOptions } from "../../flow/flow.ts";
import { usageError } from "../usage-error.ts";
import type { Target } from "./target.ts";

/** A flow of whose input nothing is known here. */
export type AnyFlow = Flow<readonly [input: unknown], unknown>;

/** What a caller inside Segno may add to a run's options. */
export interface CommandRunOptions extends RunOptions {
  /** How the run is found again: `file.ts:export`. */
  readonly entrypoint?: string;
}

export interface LoadedFlow {
  readonly flow: AnyFlow;
  /** `file.ts:export`, the file absolute. */
  readonly entrypoint: string;
}

/** Loads a file; what it defines is known to this process afterwards. */
export async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (/\.[cm]?tsx?$/.test(file)) {
    // Loaded for TypeScript only: it costs a fifth of a second.
    // Both, since a folder without `"type": "module"` makes CommonJS of its TypeScript.
    const [commonJs, esm] = await Promise.all([import("tsx/cjs/api"), import("tsx/esm/api")]);
    commonJs.register();
    esm.register();
    process.setSourceMapsEnabled(true);
  }
  try {
    return exportsOf((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  } catch (error) {
    throw explained(error, file);
  }
}

/** A CommonJS module has its exports under `default`, and by their names only where Node could guess them. */
function exportsOf(module: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { default: whole, ...named } = module;
  if (typeof whole !== "object" || whole === null || !("__esModule" in whole)) return module;
  return { ...(whole as Record<string, unknown>), ...named };
}

/** Loads the flow that a target names. */
export async function loadFlow({ file, exported }: Target): Promise<LoadedFlow> {
  const module = await loadModule(file);
  const flows = Object.entries(module).filter(([, value]) => flowDefinition(value) !== undefined);
  const place = relative(process.cwd(), file) || file;
  if (exported !== undefined) {
    const value = module[exported];
    if (flowDefinition(value) === undefined)
      throw notAFlow(
        place,
        exported,
        value,
        flows.map(([name]) => name),
        Object.keys(module),
      );
    return { flow: value as AnyFlow, entrypoint: `${file}:${exported}` };
  }
  // One flow under two names (a default export beside a named one) is one flow.
  const distinct = new Map(flows.map(([name, value]) => [value, name]));
  const [only] = distinct;
  if (only === undefined) {
    throw new RefusedError({
      code: "SEGNO_NOT_FOUND",
      message: `${place} exports no flow (it exports: ${Object.keys(module).join(", ") || "nothing"}).`,
      help: 'Export one: `export const ingest = flow({ name: "ingest" }, async () => { … })`.',
    });
  }
  if (distinct.size > 1) {
    const names = [...distinct.values()];
    throw usageError(
      `${place} exports several flows: ${names.join(", ")}.`,
      `Say which: \`segno run ${place}:${names[0]}\`.`,
    );
  }
  return { flow: only[0] as AnyFlow, entrypoint: `${file}:${only[1]}` };
}

function notAFlow(
  place: string,
  exported: string,
  value: unknown,
  flows: readonly string[],
  all: readonly string[],
): RefusedError {
  const message =
    value === undefined
      ? `${place} exports nothing named ${JSON.stringify(exported)} (it exports: ${all.join(", ") || "nothing"}).`
      : `${exported} in ${place} is ${typeof value === "function" ? "a plain function" : `a value of type ${typeof value}`}, not a flow.`;
  const near = value === undefined ? (didYouMean(exported, all) ?? "") : "Wrap it: `flow({ name: … }, fn)`.";
  const list = flows.length === 0 ? "" : ` Its flows: ${flows.join(", ")}.`;
  return new RefusedError({ code: "SEGNO_NOT_FOUND", message, help: `${near}${list}`.trim() });
}

/** The usual reason is that the package is not installed where the file lies. */
function explained(error: unknown, file: string): unknown {
  const missing = error instanceof Error && /Cannot find (?:package|module) 'segno'/.test(error.message);
  if (!missing) return error;
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `${file} imports segno, which is not installed where the file lies.`,
    help: "Run `npm install segno` in its folder.",
    cause: error,
  });
}
