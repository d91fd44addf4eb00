import type { Control } from "../../client/control.ts";
import { newId, nowMicros } from "../../client/time.ts";
import { RefusedError } from "../../core/errors.ts";
import { reviveError } from "../../core/recorded-error.ts";
import type { FlowRun, StoredValue } from "../../core/run.ts";
import { inputJsonSchema, validateInput } from "../../core/schema.ts";
import { makeState } from "../../core/state.ts";
import { encodeInline, loadValue, storeText } from "../../store/results/values.ts";
import type { NewFlowRun } from "../../store/store.ts";
import { ambientTags, type Frame } from "../context.ts";
import { getControl } from "../control.ts";
import type { FlowDefinition } from "../flow-definition.ts";
import { flowRunName } from "../run-names.ts";
import type { TaskRunner } from "../runners/task-runner.ts";
import { randomName } from "../words.ts";
import { activeRun } from "./active-runs.ts";
import { FlowExecution } from "./flow-execution.ts";

export interface StartOptions {
  readonly idempotencyKey?: string | undefined;
  readonly name?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly taskRunner?: TaskRunner | undefined;
  /** Where the code is, as `file.ts:export`, when the caller knows it better than the definition. */
  readonly entrypoint?: string | undefined;
  /** The run's id, when the caller chose it. */
  readonly id?: string | undefined;
  /** Called once the run is known, before its body runs. */
  readonly onRun?: ((run: FlowRun) => void) | undefined;
}

/** How often a run that another process executes is looked at, ms. */
const LOOK_MS = 200;

/** Checks an input against the flow's schema; answers what the body will get. */
export async function flowInput(definition: FlowDefinition, input: unknown): Promise<unknown> {
  if (definition.schema === null || definition.options.validateParameters === false) return input;
  return validateInput(definition.schema, input ?? {}, `flow "${definition.name}"`);
}

/** Starts a run that no other run called, or goes on with the one that has its idempotency key. */
export async function startFlow(
  definition: FlowDefinition,
  given: unknown,
  options: StartOptions,
): Promise<unknown> {
  const input = await flowInput(definition, given);
  const control = await getControl();
  const created = await newRun(control, definition, input, options, null);
  const { taskRunner, signal } = options;
  if (options.idempotencyKey === undefined) {
    const release = await control.hold();
    const { run } = created;
    control.channel(run.id, run.fence).post({ op: "create-run", run: created });
    options.onRun?.(run);
    const execution = new FlowExecution({
      control,
      definition,
      run,
      input,
      taskRunner,
      signal,
      fresh: true,
      parent: null,
    });
    return execution.execute().finally(release);
  }
  const found = await control.findOrCreateRun(created);
  options.onRun?.(found.run);
  if (!found.created) return goOn(control, definition, found.run, { signal, taskRunner });
  const { run } = found;
  return new FlowExecution({
    control,
    definition,
    run,
    input,
    taskRunner,
    signal,
    fresh: true,
    parent: null,
  }).execute();
}

export interface GoOnOptions {
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly taskRunner?: TaskRunner | undefined;
  readonly parent?: Frame | undefined;
  /** Called with the execution before it begins. */
  readonly onExecution?: (execution: FlowExecution) => void;
}

/**
 * Brings a run that exists to its end: gives the result of one that completed, waits for one that
 * somebody executes, and takes up any other where it stopped.
 */
export async function goOn(
  control: Control,
  definition: FlowDefinition,
  run: FlowRun,
  options: GoOnOptions,
): Promise<unknown> {
  let current = run;
  for (;;) {
    if (current.state.type === "COMPLETED") return resultOf(control, definition, current, options);
    if (current.state.type === "CANCELLED") throw cancelledRun(current);
    const here = activeRun(current.id);
    if (here !== undefined) return here.outcome;
    const claim = await control.claimRun(current.id, { force: options.force === true });
    if (claim.claimed) {
      current = claim.run;
      const { type } = current.state;
      // Somebody may have brought it to its end since it was read.
      if (type === "COMPLETED" || type === "CANCELLED") continue;
      return resume(control, definition, current, options);
    }
    if (claim.reason === "missing") throw missingRun(current.id);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const repositories = await control.repositories();
    const seen = await repositories.flowRuns.get(current.id);
    if (seen === null) throw missingRun(current.id);
    if (seen.state.type === "FAILED" && seen.executorId === null && current.state.type !== "FAILED") {
      // It failed while this call waited for it: that is the answer, not a reason to try again.
      throw failureOf(seen);
    }
    current = seen;
  }
}

/** What a run that completed returned: read, or made again of its journal. */
async function resultOf(
  control: Control,
  definition: FlowDefinition,
  run: FlowRun,
  options: GoOnOptions,
): Promise<unknown> {
  const kept = run.result !== null || definition.options.persistResult !== false;
  if (kept) return loadResult(control, run.result);
  return (await executionOf(control, definition, run, options)).again();
}

/** What a run that failed threw. */
export function failureOf(run: FlowRun): unknown {
  return run.error === null ? new Error(run.state.message ?? "failed") : reviveError(run.error);
}

async function resume(
  control: Control,
  definition: FlowDefinition,
  run: FlowRun,
  options: GoOnOptions,
): Promise<unknown> {
  const { type, name } = run.state;
  const execution = await executionOf(control, definition, run, options);
  options.onExecution?.(execution);
  if (type === "SCHEDULED" && name === "AwaitingRetry") await execution.resumeRetry();
  return execution.execute();
}

async function executionOf(
  control: Control,
  definition: FlowDefinition,
  run: FlowRun,
  options: GoOnOptions,
): Promise<FlowExecution> {
  const input = run.parameters === null ? undefined : await loadResult(control, run.parameters);
  const { signal, taskRunner, parent = null } = options;
  return new FlowExecution({ control, definition, run, input, taskRunner, signal, fresh: false, parent });
}

/** The row of a run that begins now, Running, executed by this process. */
export async function newRun(
  control: Control,
  definition: FlowDefinition,
  input: unknown,
  options: StartOptions,
  parent: { readonly frame: Frame; readonly taskRunId: string } | null,
): Promise<NewFlowRun> {
  // What can be refused comes before what is written.
  const { flowRunName: naming } = definition.options;
  const name = options.name ?? flowRunName(definition.name, naming, input) ?? randomName();
  const parameters = await storeParameters(control, definition.name, input);
  const flow = await flowRow(control, definition);
  const now = nowMicros();
  const id = options.id ?? newId();
  const parentRun = parent?.frame.flow?.run ?? null;
  const history = [
    makeState({ id: newId(), type: "PENDING", timestamp: now }),
    makeState({ id: newId(), type: "RUNNING", timestamp: now + 1 }),
  ] as const;
  const { defaultRetries } = control.settings.flows;
  const run: FlowRun = {
    id,
    flowId: flow.id,
    flowName: definition.name,
    name,
    state: history[1],
    parameters,
    tags: [...new Set([...ambientTags(), ...(definition.options.tags ?? []), ...(options.tags ?? [])])],
    labels: {},
    flowVersion: definition.options.version ?? null,
    runCount: 1,
    retries: definition.retries ?? defaultRetries,
    idempotencyKey: options.idempotencyKey ?? null,
    parentTaskRunId: parent?.taskRunId ?? null,
    parentFlowRunId: parentRun?.id ?? null,
    rootFlowRunId: parentRun?.rootFlowRunId ?? id,
    startAt: now + 1,
    endAt: null,
    expectedStartAt: now,
    totalRunTime: 0,
    executorId: control.executorId,
    fence: 1,
    entrypoint: options.entrypoint ?? definition.definedIn(),
    result: null,
    error: null,
    createdAt: now,
    updatedAt: now,
  };
  return { run, history };
}

type FlowRows = WeakMap<FlowDefinition, Promise<{ readonly id: string }>>;
const flowRows = new WeakMap<Control, FlowRows>();

/** The flow's own row, written once a process: the journal's path has no use for it. */
function flowRow(control: Control, definition: FlowDefinition): Promise<{ readonly id: string }> {
  const rows: FlowRows = flowRows.get(control) ?? new WeakMap();
  flowRows.set(control, rows);
  let row = rows.get(definition);
  if (row === undefined) {
    const now = nowMicros();
    row = control.upsertFlow({
      id: newId(),
      name: definition.name,
      tags: definition.options.tags ?? [],
      labels: {},
      inputSchema: definition.schema === null ? null : inputJsonSchema(definition.schema),
      createdAt: now,
      updatedAt: now,
    });
    rows.set(definition, row);
    row.catch(() => rows.delete(definition));
  }
  return row;
}

async function storeParameters(
  control: Control,
  flowName: string,
  input: unknown,
): Promise<StoredValue | null> {
  if (input === undefined) return null;
  const encoded = encodeInline(input, `the input of flow "${flowName}"`);
  return "tooLarge" in encoded ? storeText(encoded.tooLarge, control.results) : encoded;
}

async function loadResult(control: Control, stored: StoredValue | null): Promise<unknown> {
  return stored === null ? undefined : loadValue(stored, { storages: [control.results] });
}

function missingRun(id: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_NOT_FOUND",
    message: `There is no flow run ${id}.`,
    help: "List them with `segno flow-run ls`.",
    facts: { flowRunId: id },
  });
}

function cancelledRun(run: FlowRun): RefusedError {
  return new RefusedError({
    code: "SEGNO_RUN_CANCELLED",
    message: `Flow run "${run.name}" (${run.id}) was cancelled; it does not go on.`,
    help: "Start another run, with another idempotency key if it has one.",
    facts: { flowRunId: run.id },
  });
}
