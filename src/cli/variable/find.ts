import { RefusedError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { VariableRepository, VariableRow } from "../../store/repositories/repositories.ts";

/** @throws RefusedError `SEGNO_NOT_FOUND` with the names that are near. */
export async function findVariable(variables: VariableRepository, name: string): Promise<VariableRow> {
  return (await variables.get(name)) ?? refuse(await noVariable(variables, name));
}

export async function noVariable(variables: VariableRepository, name: string): Promise<RefusedError> {
  const { rows } = await variables.list({ limit: 1000 });
  const near = didYouMean(
    name,
    rows.map((row) => row.name),
  );
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `There is no variable ${JSON.stringify(name)}.`,
    help: `${near === undefined ? "" : `${near} `}\`segno variable ls\` lists them.`,
  });
}

function refuse(error: RefusedError): never {
  throw error;
}
