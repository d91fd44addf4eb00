import { newId, nowMicros } from "../../client/time.ts";
import { StoppedError } from "../../core/errors.ts";
import { orchestrateFlowRun } from "../../core/orchestration/flow-run.ts";
import type { FlowRun } from "../../core/run.ts";
import { isTerminal, makeState, type State, type StateName, type StateType } from "../../core/state.ts";
import type { RunChange } from "../../store/store.ts";

export interface Proposal {
  readonly type: StateType;
  readonly name?: StateName;
  readonly message?: string | null;
  /** The run goes on in the attempt that it was in. */
  readonly resuming?: boolean;
  /** For a failure: the wait before the next attempt, ms. */
  readonly retryDelay?: number;
  /** For a failure: no attempt may follow, whatever is left of them. */
  readonly final?: boolean;
}

/** What the store writes of the run itself; the state and the counters come from the rules. */
export type RunColumns = Pick<RunChange, "result" | "error">;

/**
 * The state of a flow run while it is executed here. Each transition is decided by the rules that a
 * server applies as well, so a run reads the same whoever executed it.
 */
export class RunBook {
  readonly #run: FlowRun;
  #state: State;
  #runCount: number;
  #startAt: number | null;
  #endAt: number | null;
  #expectedStartAt: number | null;
  #totalRunTime: number;

  constructor(run: FlowRun) {
    this.#run = run;
    this.#state = run.state;
    this.#runCount = run.runCount;
    this.#startAt = run.startAt;
    this.#endAt = run.endAt;
    this.#expectedStartAt = run.expectedStartAt;
    this.#totalRunTime = run.totalRunTime;
  }

  get state(): State {
    return this.#state;
  }

  /** The attempt that is executed, from 1. */
  get attempt(): number {
    return this.#runCount;
  }

  /**
   * Moves the run to the state that the rules make of a proposal (a failure may become
   * AwaitingRetry), and answers the op that writes it.
   *
   * @throws StoppedError `SEGNO_TRANSITION_REFUSED` when the rules allow no such transition.
   */
  move(proposal: Proposal, columns: RunColumns = {}) {
    const { type, name, message } = proposal;
    const now = Math.max(nowMicros(), this.#state.timestamp + 1);
    const proposed = makeState({
      id: newId(),
      type,
      timestamp: now,
      message: message ?? null,
      ...(name && { name }),
    });
    const answer = orchestrateFlowRun({
      run: this.#facts(proposal),
      initial: this.#state,
      proposed,
      now,
      newId,
    });
    if (!answer.stored || answer.state === null)
      throw refused(this.#run, this.#state, proposed, answer.details);
    const { changes } = answer;
    this.#state = answer.state;
    // An interrupted run goes on in the attempt that its journal belongs to, although it was Crashed.
    if (proposal.resuming !== true) this.#runCount = changes.runCount ?? this.#runCount;
    this.#startAt = changes.startAt === undefined ? this.#startAt : changes.startAt;
    this.#endAt = changes.endAt === undefined ? this.#endAt : changes.endAt;
    this.#expectedStartAt =
      changes.expectedStartAt === undefined ? this.#expectedStartAt : changes.expectedStartAt;
    this.#totalRunTime = changes.totalRunTime ?? this.#totalRunTime;
    const change: RunChange = {
      ...columns,
      state: this.#state,
      runCount: this.#runCount,
      startAt: this.#startAt,
      endAt: this.#endAt,
      expectedStartAt: this.#expectedStartAt,
      totalRunTime: this.#totalRunTime,
      release: isTerminal(this.#state.type),
    };
    return { op: "run-state", runId: this.#run.id, change } as const;
  }

  #facts({ retryDelay = 0, final = false }: Proposal) {
    return {
      id: this.#run.id,
      runCount: this.#runCount,
      retries: final ? 0 : this.#run.retries,
      retryDelay,
      startAt: this.#startAt,
      endAt: this.#endAt,
      expectedStartAt: this.#expectedStartAt,
      totalRunTime: this.#totalRunTime,
      parentTaskRunId: this.#run.parentTaskRunId,
      // Whoever has the code can go on with it: there is no deployment to ask for.
      restartable: true,
    };
  }
}

function refused(run: FlowRun, from: State, to: State, details: { readonly type: string }): StoppedError {
  const reason = "reason" in details ? String(details.reason) : details.type;
  return new StoppedError({
    code: "SEGNO_TRANSITION_REFUSED",
    message: `Flow run "${run.name}" cannot go from ${from.name} to ${to.name}: ${reason}.`,
    help: "Look at its states with `segno flow-run inspect`; another process may have ended it.",
    facts: { flowRunId: run.id, from: from.name, to: to.name, reason },
  });
}
