import { setImmediate as nextTurn } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { RefusedError } from "../../core/errors.ts";
import type { Compilable, RepositoryContext } from "./context.ts";
import { type OwnedRun, readOwner } from "./flow-run-owner.ts";
import { recentNames } from "./flow-run-query.ts";
import { FLOW_RUN, notFound } from "./references.ts";

/** Rows a transaction deletes: about 10 ms of the write lock, which others wait for. */
const CHUNK = 1000;

/**
 * Deletes a run and everything of it and of the runs below it.
 *
 * A million entries cannot go in one transaction without stopping every writer for seconds, so the
 * runs are first taken out of use in one (state Cancelled, named `Deleting`; the fence is raised),
 * then emptied chunk by chunk, and their rows go last. A process that dies in between leaves runs
 * named `Deleting`; deleting again finishes them. The other order would leave either entries
 * without a run, which nothing finds, or half a journal that a resume would believe.
 */
export async function deleteFlowRun(context: RepositoryContext, id: string): Promise<number> {
  const tree = await runsBelow(context, id);
  const now = Date.now() * 1000;
  const owned: OwnedRun[] = [];
  for (const runId of tree) {
    const run = await readOwner(context, runId, now);
    if (run === null && runId === id) throw notFound(FLOW_RUN, id, await recentNames(context));
    if (run !== null) owned.push(run);
  }
  for (const run of owned) if (run.owner !== null) throw executing(run, run.owner, id);

  const marks = owned.map((run) => takeOutOfUse(context, run, now));
  // A run that was taken up since it was read makes its mark miss; then none may stand.
  if ((await context.atomically(marks, { every: true })) === null) return deleteFlowRun(context, id);

  for (const run of owned) await empty(context, run.id);
  // Children first, so that what is left after a crash still hangs together.
  for (const run of owned.toReversed()) {
    await context.atomically([context.db.deleteFrom("flow_run").where("id", "=", run.id)]);
  }
  return owned.length;
}

/** The run and all runs below it, parents first. */
async function runsBelow({ db }: RepositoryContext, id: string): Promise<readonly string[]> {
  const ids = [id];
  for (let next = 0; next < ids.length; next++) {
    const children = await db
      .selectFrom("flow_run")
      .select("id")
      .where("parent_flow_run_id", "=", ids[next] ?? "")
      .execute();
    ids.push(...children.map((child) => child.id));
  }
  return ids;
}

function takeOutOfUse({ db }: RepositoryContext, run: OwnedRun, at: number): Compilable {
  return db
    .updateTable("flow_run")
    .set((eb) => ({
      state_id: uuidv7(),
      state_type: "CANCELLED",
      state_name: "Deleting",
      state_at: at,
      state_message: "Its rows are being deleted; delete it again if that was interrupted",
      executor_id: null,
      idempotency_key: null,
      fence: eb("fence", "+", 1),
      updated_at: at,
    }))
    .where("id", "=", run.id)
    .where("fence", "=", run.fence);
}

async function empty(context: RepositoryContext, runId: string): Promise<void> {
  for (const table of ["task_run", "log", "artifact", "flow_run_state"] as const) {
    for (;;) {
      const chunk = context.db
        .deleteFrom(table)
        .where("id", "in", (eb) =>
          eb.selectFrom(table).select("id").where("flow_run_id", "=", runId).limit(CHUNK),
        );
      const [gone] = await context.atomically([chunk]);
      if ((gone ?? 0) < CHUNK) break;
      await nextTurn();
    }
  }
}

function executing(
  run: OwnedRun,
  owner: { readonly pid: number; readonly hostname: string },
  asked: string,
): RefusedError {
  const which = run.id === asked ? "Flow run" : "Its subflow run";
  return new RefusedError({
    code: "SEGNO_RUN_EXECUTING",
    message:
      `${which} ${run.name} (${run.id}) is being executed by process ${owner.pid} on ${owner.hostname}; ` +
      "nothing was deleted.",
    help: `Cancel it first: \`segno flow-run cancel ${run.id}\`.`,
    facts: { flowRunId: run.id, pid: owner.pid, hostname: owner.hostname },
  });
}
