import { execute } from "./execute.ts";
import { type CommandRunOptions, loadFlow } from "./load-flow.ts";
import { inputOf } from "./parameters.ts";
import { parseTarget } from "./target.ts";

export interface RunCommandOptions {
  readonly param?: readonly string[];
  readonly params?: string;
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

export async function run(target: string, options: RunCommandOptions, debug: boolean): Promise<void> {
  const input = inputOf(options.params, options.param);
  const { flow, entrypoint } = await loadFlow(parseTarget(target));
  const { name, tag, idempotencyKey } = options;
  const runOptions: CommandRunOptions = {
    entrypoint,
    ...(name === undefined ? {} : { name }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
  await execute((onRun) => flow.run(input, { ...runOptions, onRun }), { json: options.json, debug });
}
