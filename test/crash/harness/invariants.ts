import type { Line } from "../program/side.ts";
import { checkStore } from "./store-check.ts";
import type { Trial } from "./trial.ts";
import type { Execution } from "./witness.ts";

/**
 * What must hold of a trial that came to its end, however often its processes died. Answers what
 * does not hold.
 *
 * @param expected by flow: the part of an undisturbed run's answer that no chance has a part in.
 */
export async function violations(trial: Trial, expected: ReadonlyMap<string, unknown>): Promise<string[]> {
  const executions = trial.executions();
  return [
    ...startedAfterAck(executions),
    ...changedResults(executions),
    ...otherOrder(executions),
    ...mixedUp(executions),
    ...undoneTwice(executions),
    ...wrongAnswers(executions, trial.flows, expected),
    ...(await checkStore(trial)),
  ];
}

/** No step whose result the code had received is begun again. */
function startedAfterAck(executions: readonly Execution[]): string[] {
  const acked = new Map<string, number>();
  const found: string[] = [];
  for (const [index, { lines }] of executions.entries()) {
    for (const line of lines) {
      if (line.at === "ack") acked.set(line.key, acked.get(line.key) ?? index);
      else if (line.at === "start" && acked.has(line.key)) {
        found.push(
          `${line.key} began again in process ${index}; process ${acked.get(line.key)} had its result`,
        );
      }
    }
  }
  return found;
}

/** A result is the same whenever it is given. */
function changedResults(executions: readonly Execution[]): string[] {
  const hashes = new Map<string, string>();
  const found: string[] = [];
  for (const [index, { lines }] of executions.entries()) {
    for (const line of lines) {
      if (line.at !== "ack") continue;
      const before = hashes.get(line.key) ?? line.hash;
      if (before !== line.hash) found.push(`${line.key} gave another result in process ${index}`);
      hashes.set(line.key, before);
    }
  }
  return found;
}

type Ack = Extract<Line, { at: "ack" }>;

/** Within one attempt of a run, what a process was given is how what the next one is given begins. */
function otherOrder(executions: readonly Execution[]): string[] {
  const longest = new Map<string, readonly string[]>();
  const found: string[] = [];
  for (const [index, { lines }] of executions.entries()) {
    const acks = lines.filter((line): line is Ack => line.at === "ack" && line.ordered);
    const bodies = new Map<string, string[]>();
    for (const { run, attempt, key } of acks) {
      const body = `${run} (attempt ${attempt})`;
      bodies.set(body, [...(bodies.get(body) ?? []), key]);
    }
    for (const [body, keys] of bodies) {
      const before = longest.get(body) ?? [];
      const shared = Math.min(before.length, keys.length);
      const at = keys.slice(0, shared).findIndex((key, place) => key !== before[place]);
      if (at !== -1) {
        found.push(
          `run ${body}: process ${index} was given ${keys[at]} at ${at}, where it had been ${before[at]}`,
        );
      }
      if (keys.length >= before.length) longest.set(body, keys);
    }
  }
  return found;
}

function mixedUp(executions: readonly Execution[]): string[] {
  const lines = executions.flatMap(({ lines: all }) => all);
  return lines
    .filter((line) => line.at === "mixed")
    .map(({ key, got }) => `${key} was given the result of ${got}`);
}

/** Hooks run one after another, so one that began says that those before it are done and recorded. */
function undoneTwice(executions: readonly Execution[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  let last: string | null = null;
  for (const { lines } of executions) {
    for (const line of lines) {
      if (line.at !== "start" || !/\/(?:undo|commit)-/.test(line.key)) continue;
      if (done.has(line.key)) found.push(`the hook ${line.key} ran again after another one had begun`);
      if (last !== null && last !== line.key) done.add(last);
      last = line.key;
    }
  }
  return found;
}

function wrongAnswers(
  executions: readonly Execution[],
  flows: readonly string[],
  expected: ReadonlyMap<string, unknown>,
): string[] {
  const answers = executions.flatMap(({ lines }) => lines).filter((line) => line.at === "answer");
  return flows.flatMap((flow) => {
    const own = answers.filter((line) => line.flow === flow);
    if (own.length === 0) return [`${flow} has no answer`];
    const right = JSON.stringify(expected.get(flow));
    return own
      .map(({ fixed }) => JSON.stringify(fixed))
      .filter((given) => given !== right)
      .map((given) => `${flow} answered ${given} and not ${right}`);
  });
}
