import { uuidv7 } from "uuidv7";
import { newEntry, newRun } from "../../../src/store/repositories/fixtures/world.ts";
import type { FlowRun, JournalEntry } from "../../../src/core/run.ts";
import { makeState, type State, type StateType } from "../../../src/core/state.ts";
import type { Executor, JournalBatch, JournalOp, Store } from "../../../src/store/store.ts";

/** A store of one backend on data of its own, and the ways to it that the conformance suite needs. */
export interface Opened {
  readonly store: Store;
  /** Another connection to the same data, as another process would have it. */
  again(): Promise<Store>;
  /** Arguments by which `fixtures/store-user.ts` opens the same data in another process. */
  readonly childArguments: readonly [backend: string, location: string];
  cleanup(): Promise<void>;
}

export type OpenBackend = () => Promise<Opened>;

export const NOW = 1_800_000_000_000_000;

/** A run of the flow that {@link seedFlow} made, with its first state as its history. */
export function aRun(
  flow: { id: string; name: string },
  init: Partial<FlowRun> = {},
  type: StateType = "RUNNING",
) {
  const run = newRun(
    {
      id: uuidv7(),
      flowId: flow.id,
      flowName: flow.name,
      state: aState(type),
      startAt: NOW,
      createdAt: NOW,
      updatedAt: NOW,
      ...init,
    },
    type,
    undefined,
  );
  return { run, history: [run.state] };
}

export async function seedFlow(store: Store, name = "ingest") {
  return store.upsertFlow({
    id: uuidv7(),
    name,
    tags: ["a"],
    labels: { team: "docs" },
    inputSchema: { type: "object" },
    createdAt: NOW,
    updatedAt: NOW,
  });
}

/** A run in the store, owned by nobody, with fence 0. */
export async function seedRun(
  store: Store,
  init: Partial<FlowRun> = {},
  type: StateType = "RUNNING",
): Promise<FlowRun> {
  const flow = await seedFlow(store);
  return (await store.findOrCreateRun(aRun(flow, init, type))).run;
}

export function aState(type: StateType, at = NOW, message: string | null = null): State {
  return makeState({ id: uuidv7(), type, timestamp: at, message });
}

export function anEntry(runId: string | null, seq: number, init: Partial<JournalEntry> = {}): JournalEntry {
  return newEntry(runId, seq, { stateAt: NOW, ...init });
}

export function anExecutor(init: Partial<Executor> = {}): Executor {
  return {
    id: uuidv7(),
    hostname: "host",
    pid: 4711,
    pidStartedAt: "12345",
    startedAt: NOW,
    expiresAt: NOW + 15_000_000,
    endedAt: null,
    ...init,
  };
}

export function batch(run: { id: string; fence: number } | null, ...ops: JournalOp[]): JournalBatch {
  return { runId: run?.id ?? null, fence: run?.fence ?? 0, ops };
}

export const entryOp = (entry: JournalEntry): JournalOp => ({ op: "entry", entry });

/** Every entry of one scope, page by page. */
export async function allEntries(
  store: Store,
  flowRunId: string,
  scope = "",
  limit = 1000,
): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (let after = -1; ;) {
    const page = await store.readEntries({ flowRunId, scope, after, limit });
    entries.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return entries;
    after = last.seq;
  }
}
