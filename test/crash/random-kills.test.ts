import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import type { FlowName } from "./program/flows.ts";
import { compileProgram } from "./harness/compile.ts";
import { violations } from "./harness/invariants.ts";
import { inParallel } from "./harness/parallel.ts";
import { Random } from "./harness/random.ts";
import { Trial } from "./harness/trial.ts";
import { FLOWS, type Undisturbed, undisturbed } from "./harness/undisturbed.ts";

/**
 * Real processes are killed at moments that chance chooses, again and again until their runs
 * complete all the same. `SEGNO_CHAOS_KILLS=2000` kills more; `SEGNO_CHAOS_SEED=…` repeats a failure
 * as far as time can be repeated.
 */
const KILLS = Number(process.env["SEGNO_CHAOS_KILLS"] ?? 200);
const SEED = Number(process.env["SEGNO_CHAOS_SEED"] ?? Date.now() % 1_000_000_000);
const AT_ONCE = 2;

let program: string;
let normal: Undisturbed;

beforeAll(async () => {
  program = compileProgram();
  normal = await undisturbed(program);
}, 120_000);

/** Kills processes until the runs of a trial complete; answers how many died. */
async function killUntilDone(random: Random, flows: readonly FlowName[]): Promise<number> {
  const trial = new Trial(program, ...flows);
  const duration = Math.max(...flows.map((flow) => normal.durations.get(flow) ?? 0));
  let kills = 0;
  for (let turn = 0; ; turn++) {
    const child = trial.start();
    await child.printed("ready");
    const moment = Math.round(duration * random.next() * 1.2);
    const ending = await Promise.race([child.ended, pause(moment)]);
    if (ending === undefined) child.process.kill("SIGKILL");
    const how = await child.ended;
    trial.story.push(`killed after ${moment} ms: ${how}`);
    if (how === 0) break;
    if (how !== "SIGKILL") throw trial.failure(`a process ended with ${how}:\n${child.errors}`);
    kills++;
    if (turn > 20) {
      await trial.complete();
      break;
    }
  }
  const found = await violations(trial, normal.answers);
  if (found.length > 0) throw trial.failure(found.join("\n"));
  return kills;
}

test(
  `nothing is lost or done twice when processes are killed at ${KILLS} random moments`,
  async () => {
    let kills = 0;
    let trials = 0;
    const workers = Math.min(AT_ONCE, availableParallelism());
    await inParallel(workers, async () => {
      while (kills < KILLS) {
        const seed = SEED + trials++;
        // Every fourth trial has all flows in one process, which share commits then.
        const one = FLOWS[seed % FLOWS.length] ?? "sequential";
        const flows = seed % 4 === 0 ? FLOWS : [one];
        try {
          kills += await killUntilDone(new Random(seed), flows);
        } catch (error) {
          throw new Error(`SEGNO_CHAOS_SEED=${seed} begins with this trial`, { cause: error });
        }
      }
    });
    console.log(`${kills} processes were killed in ${trials} trials (seed ${SEED})`);
    expect(kills).toBeGreaterThanOrEqual(KILLS);
  },
  Math.max(300_000, KILLS * 3000),
);
