import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { compileProgram } from "./harness/compile.ts";
import { canBeWritten, everything, rowsOf } from "./harness/rows.ts";
import { killLeftovers, Trial, type TrialProcess } from "./harness/trial.ts";

/**
 * Two processes that both believe they own a run: the first is stopped (as a laptop that sleeps, or a
 * machine that is moved), the second takes over, and then the first wakes up.
 */
let program: string;

beforeAll(() => {
  program = compileProgram("fenced");
});
afterEach(killLeftovers);

const STEPS = 40;

interface Result {
  readonly index: number;
  readonly by: number;
}

async function stoppedInTheMiddle(trial: Trial, env: NodeJS.ProcessEnv = {}, at = 7) {
  const first = trial.start(env, ["run", String(STEPS)]);
  await first.printed(`step ${at}\n`);
  await stopBetweenCommits(trial, first);
  const id = /run (\S+)/.exec(first.output)?.[1];
  if (id === undefined) throw trial.failure(`no run was begun:\n${first.errors}`);
  return { first, id };
}

/** Stopped within a commit, a process would hold the file's lock, and nobody else could go on. */
async function stopBetweenCommits(trial: Trial, { process }: TrialProcess): Promise<void> {
  for (;;) {
    process.kill("SIGSTOP");
    await pause(20);
    if (await canBeWritten(trial.home)) return;
    process.kill("SIGCONT");
    await pause(3);
  }
}

/** The answer of the process that went on, with what it did not run again, and the rest by its own hand. */
function answerOf(process: TrialProcess): Result[] {
  const text = /answer (.*)/.exec(process.output)?.[1];
  if (text === undefined) throw new Error(`no answer in:\n${process.output}\n${process.errors}`);
  return JSON.parse(text) as Result[];
}

async function expectOneHand(trial: Trial, answer: Result[], first: TrialProcess, second: TrialProcess) {
  expect(answer.map(({ index }) => index)).toEqual(Array.from({ length: STEPS * 1.5 }, (_, index) => index));
  const [a, b] = [first.process.pid, second.process.pid];
  // What the first had recorded stands; from the first step of the second on, all of a flow is the second's.
  for (let from = 0; from < answer.length; from += STEPS / 2) {
    const hands = answer.slice(from, from + STEPS / 2).map(({ by }) => by);
    const byFirst = hands.filter((by) => by === a).length;
    expect(hands).toEqual(hands.map((_, index) => (index < byFirst ? a : b)));
  }
  const rows = await rowsOf(
    trial.home,
    "select result from task_run where kind = 'task' and result is not null",
  );
  const recorded = rows.map((row) => JSON.parse(String(row["result"])) as Result);
  const key = (one: Result) => one.index;
  expect(recorded.toSorted((x, y) => key(x) - key(y))).toEqual(answer.toSorted((x, y) => key(x) - key(y)));
  const artifacts = await rowsOf(trial.home, "select data from artifact");
  expect(artifacts).toHaveLength(1);
  const runs = await rowsOf(trial.home, "select distinct state_type from flow_run");
  expect(runs).toEqual([{ state_type: "COMPLETED" }]);
}

describe("a process that wakes up after another took its run", () => {
  test("stores nothing once the other has finished, and ends with LeaseLostError", async () => {
    const trial = new Trial(program);
    const { first, id } = await stoppedInTheMiddle(trial);
    const second = trial.start({}, ["take-over", id]);
    expect(await second.ended).toBe(0);
    const answer = answerOf(second);
    const before = await everything(trial.home);
    first.process.kill("SIGCONT");
    expect(await first.ended).toBe(0);
    expect(first.output).toContain("error SEGNO_LEASE_LOST");
    expect(first.output).not.toContain("answer");
    expect(await everything(trial.home)).toEqual(before);
    await expectOneHand(trial, answer, first, second);
  });

  test("stores nothing while the other is at work", async () => {
    const trial = new Trial(program);
    const { first, id } = await stoppedInTheMiddle(trial, {}, 3);
    const second = trial.start({}, ["take-over", id]);
    await second.printed("step 6\n");
    first.process.kill("SIGCONT");
    expect(await first.ended).toBe(0);
    expect(first.output).toContain("error SEGNO_LEASE_LOST");
    expect(await second.ended).toBe(0);
    await expectOneHand(trial, answerOf(second), first, second);
  });

  test("loses its run also without force, once it has not beaten for its lease", async () => {
    const trial = new Trial(program);
    const { first } = await stoppedInTheMiddle(trial, { SEGNO_RUNNER_LEASE: "1s" });
    const second = trial.start({}, ["run", String(STEPS)]);
    expect(await second.ended).toBe(0);
    first.process.kill("SIGCONT");
    expect(await first.ended).toBe(0);
    expect(first.output).toContain("error SEGNO_LEASE_LOST");
    await expectOneHand(trial, answerOf(second), first, second);
  });
});
