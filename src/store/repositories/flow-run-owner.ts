import type { RepositoryContext } from "./context.ts";

/** What decides whether somebody executes a run, and the number that proves nothing changed since. */
export interface OwnedRun {
  readonly id: string;
  readonly name: string;
  readonly stateType: string;
  readonly stateName: string;
  readonly fence: number;
  /** Null when nobody alive executes it. */
  readonly owner: { readonly pid: number; readonly hostname: string } | null;
}

/** @param now µs since the epoch: an executor whose beat is older than its lease is dead. */
export async function readOwner(
  { db }: RepositoryContext,
  id: string,
  now: number,
): Promise<OwnedRun | null> {
  const row = await db
    .selectFrom("flow_run as run")
    .leftJoin("executor as e", "e.id", "run.executor_id")
    .select(["run.id", "run.name", "run.state_type", "run.state_name", "run.fence"])
    .select(["e.pid", "e.hostname", "e.expires_at", "e.ended_at"])
    .where("run.id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const alive = row.expires_at !== null && row.ended_at === null && row.expires_at > now;
  return {
    id: row.id,
    name: row.name,
    stateType: row.state_type,
    stateName: row.state_name,
    fence: row.fence,
    owner:
      alive && row.pid !== null && row.hostname !== null ? { pid: row.pid, hostname: row.hostname } : null,
  };
}
