import type { FlowName } from "../program/flows.ts";
import { violations } from "./invariants.ts";
import { Trial } from "./trial.ts";

export const FLOWS: readonly FlowName[] = [
  "sequential",
  "branches",
  "races",
  "maps",
  "subflows",
  "retries",
  "caching",
  "nesting",
  "transactions",
  "large",
  "flowRetries",
  "effects",
  "sleeps",
];

export interface Undisturbed {
  /** By flow: what it answers. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** By flow: how long it takes, in ms, from the process being ready to its end. */
  readonly durations: ReadonlyMap<FlowName, number>;
}

/** Runs every flow once, alone and to its end. */
export async function undisturbed(program: string): Promise<Undisturbed> {
  const answers = new Map<string, unknown>();
  const durations = new Map<FlowName, number>();
  for (const flow of FLOWS) {
    const trial = new Trial(program, flow);
    const child = trial.start();
    await child.printed("ready");
    const began = performance.now();
    const ending = await child.ended;
    durations.set(flow, performance.now() - began);
    if (ending !== 0) throw trial.failure(`undisturbed, it ended with ${ending}:\n${child.errors}`);
    const line = trial
      .executions()
      .flatMap(({ lines }) => lines)
      .find(({ at }) => at === "answer");
    if (line?.at === "answer") answers.set(flow, line.fixed);
    const found = await violations(trial, answers);
    if (found.length > 0) throw trial.failure(`undisturbed, ${found.join("\n")}`);
  }
  return { answers, durations };
}
