import type { AsyncOracle, Deliberation, FactName, Oracle, Question } from "./facts.ts";

/** Runs a deliberation to its end, its questions answered at once. */
export function drive<F extends FactName, Result>(
  deliberation: Deliberation<F, Result>,
  oracle: Oracle<F>,
): Result {
  let step = deliberation.next();
  while (!step.done) step = deliberation.next(consult(oracle, step.value));
  return step.value;
}

/** Runs a deliberation to its end, its questions answered one after the other. */
export async function driveAsync<F extends FactName, Result>(
  deliberation: Deliberation<F, Result>,
  oracle: AsyncOracle<F>,
): Promise<Result> {
  let step = deliberation.next();
  while (!step.done) step = deliberation.next(await consult(oracle, step.value));
  return step.value;
}

function consult<F extends FactName>(oracle: AsyncOracle<F>, { fact, about }: Question<F>): unknown {
  return oracle[fact](about);
}
