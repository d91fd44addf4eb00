import type {
  ArtifactRepository,
  EventRepository,
  FlowRunRepository,
  LogRepository,
  TaskRunRepository,
} from "../store/repositories/repositories.ts";
import { getControl } from "./control.ts";

/** What ran, to be read. Lists page by key: give the `cursor` of one page as `after` of the next. */
export interface Client {
  readonly flowRuns: Pick<
    FlowRunRepository,
    "get" | "resolve" | "findByIdempotencyKey" | "list" | "states" | "children" | "count"
  >;
  readonly taskRuns: TaskRunRepository;
  readonly artifacts: Pick<ArtifactRepository, "get" | "history" | "list">;
  readonly logs: Pick<LogRepository, "list">;
  readonly events: Pick<EventRepository, "list">;
}

/**
 * Gives a way to read runs, their tasks, logs, artifacts and events: the runs of this process and of
 * every other on the same store.
 *
 * Do not base a flow's decisions on it: what it answers is not recorded.
 *
 * @example
 * const { flowRuns, taskRuns } = await getClient();
 * const failed = await flowRuns.list({ stateTypes: ["FAILED"] }, { limit: 20 });
 * for (const run of failed.rows) console.log(run.name, await taskRuns.summary(run.id));
 */
export async function getClient(): Promise<Client> {
  const control = await getControl();
  return control.repositories();
}
