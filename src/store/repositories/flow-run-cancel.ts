import { uuidv7 } from "uuidv7";
import { isTerminal, makeState, type State, type StateType } from "../../core/state.ts";
import { flowRunFromRow } from "../flow-run-rows.ts";
import type { Compilable, RepositoryContext } from "./context.ts";
import { readOwner } from "./flow-run-owner.ts";
import { recentNames } from "./flow-run-query.ts";
import { FLOW_RUN, notFound } from "./references.ts";

/**
 * Cancels a run: by asking the process that executes it, which hears of it with its next beat, or
 * at once when there is none. Then nobody is left to tell the subflow runs, so they follow here.
 *
 * The fence is in the condition of the write: a process that took the run over since it was read
 * makes it miss, and everything is looked at again.
 */
export async function cancelFlowRun(
  context: RepositoryContext,
  id: string,
  at: number,
  stateId: string,
): Promise<State> {
  for (;;) {
    const run = await readOwner(context, id, at);
    if (run === null) throw notFound(FLOW_RUN, id, await recentNames(context));
    const asked = run.stateType === "CANCELLING" && run.owner !== null;
    if (isTerminal(run.stateType as StateType) || asked) return currentState(context, id);

    const state = makeState(
      run.owner === null
        ? { id: stateId, type: "CANCELLED", timestamp: at, message: "Cancelled while no process executed it" }
        : { id: stateId, type: "CANCELLING", timestamp: at, message: "Cancellation was asked for" },
    );
    const [changed] = await context.atomically(cancelWrites(context, run, state));
    if (changed === 0) continue;
    if (run.owner === null) await cancelChildren(context, id, at);
    return state;
  }
}

async function cancelChildren(context: RepositoryContext, id: string, at: number): Promise<void> {
  const children = await context.db
    .selectFrom("flow_run")
    .select("id")
    .where("parent_flow_run_id", "=", id)
    .where("state_type", "in", ["SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING"])
    .execute();
  for (const child of children) await cancelFlowRun(context, child.id, at, uuidv7());
}

function cancelWrites(
  { db }: RepositoryContext,
  run: { readonly id: string; readonly fence: number; readonly stateType: string },
  state: State,
): Compilable[] {
  const over = state.type === "CANCELLED";
  return [
    db
      .updateTable("flow_run")
      .set({
        state_id: state.id,
        state_type: state.type,
        state_name: state.name,
        state_at: state.timestamp,
        state_message: state.message,
        state_details: "{}",
        state_data: null,
        updated_at: state.timestamp,
      })
      .$if(over, (query) =>
        query.set((eb) => ({ end_at: state.timestamp, executor_id: null, fence: eb("fence", "+", 1) })),
      )
      .where("id", "=", run.id)
      .where("fence", "=", run.fence)
      .where("state_type", "=", run.stateType),
    db
      .insertInto("flow_run_state")
      .columns(["id", "flow_run_id", "type", "name", "at", "message", "details"])
      .expression((eb) =>
        eb
          .selectFrom("flow_run")
          .select([
            "state_id",
            "id",
            "state_type",
            "state_name",
            "state_at",
            "state_message",
            "state_details",
          ])
          .where("id", "=", run.id)
          .where("state_id", "=", state.id),
      ),
  ];
}

async function currentState({ db }: RepositoryContext, id: string): Promise<State> {
  const row = await db.selectFrom("flow_run").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  return flowRunFromRow(row).state;
}
