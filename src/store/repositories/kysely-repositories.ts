import { artifactRepository } from "./artifacts.ts";
import type { RepositoryContext } from "./context.ts";
import { eventRepository } from "./events.ts";
import { flowRunRepository } from "./flow-runs.ts";
import { flowRepository } from "./flows.ts";
import { logRepository } from "./logs.ts";
import type { Repositories } from "./repositories.ts";
import { taskRunRepository } from "./task-runs.ts";
import { variableRepository } from "./variables.ts";

/** The repositories over any dialect: what differs between them is in the context. */
export function kyselyRepositories(context: RepositoryContext): Repositories {
  return {
    flows: flowRepository(context),
    flowRuns: flowRunRepository(context),
    taskRuns: taskRunRepository(context),
    artifacts: artifactRepository(context),
    variables: variableRepository(context),
    logs: logRepository(context),
    events: eventRepository(context),
  };
}
