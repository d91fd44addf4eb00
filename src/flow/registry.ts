import type { FlowDefinition } from "./flow-definition.ts";
import type { TaskDefinition } from "./task-definition.ts";

/**
 * The flows and tasks that this process defined, by name: how a resumed run finds its code, and a
 * worker thread its task. Kept on the global object, so that a second copy of this module (another
 * loader's) shares it. A name defined again, as a reloading development server does, is replaced.
 */
interface Registry {
  readonly flows: Map<string, FlowDefinition>;
  readonly tasks: Map<string, TaskDefinition>;
}

const KEY = Symbol.for("segno.registry.v1");
const shared = globalThis as { [KEY]?: Registry };
const registry: Registry = (shared[KEY] ??= { flows: new Map(), tasks: new Map() });

export function registerFlow(definition: FlowDefinition): void {
  registry.flows.set(definition.name, definition);
}

export function registerTask(definition: TaskDefinition): void {
  registry.tasks.set(definition.name, definition);
}

export function findFlow(name: string): FlowDefinition | undefined {
  return registry.flows.get(name);
}

export function findTask(name: string): TaskDefinition | undefined {
  return registry.tasks.get(name);
}

export function flowNames(): readonly string[] {
  return [...registry.flows.keys()];
}
