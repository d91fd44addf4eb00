import { LeaseLostError } from "../core/errors.ts";
import type { JournalEntry } from "../core/run.ts";
import { crashPoint } from "./crash-point.ts";
import type { BatchRefusal, JournalBatch, JournalOp, Store } from "./store.ts";

/**
 * Natural group commit.
 *
 * Ops queue on the channel of their run. An op that somebody waits for asks for a flush in the next
 * turn of the event loop; whatever all runs have queued by then goes into one transaction, and what
 * queues while that one is on its way goes into the next. There is no timer on that path, so a lone
 * step waits for one commit and nothing else, and a thousand parallel ones share it.
 *
 * Ops that nobody waits for (starts, logs) ride along, or go by themselves after {@link LAZY_MS}:
 * that saves a step of a few milliseconds its second commit.
 *
 * An entry is queued by reference and bound when it is written: an end that comes before the start
 * was written changes the queued object, and both reach the disk as one insert.
 *
 * A commit on a thread of its own was tried (medians of 1 500 and 240 commits, in turn with this way):
 * one row 0.26 ms here and 0.35 there, 256 rows 1.27 and 1.46: two hops more, and every row cloned.
 */
export interface JournalWriterOptions {
  /** Queued ops past which `post` commits by itself, blocking, and `ready` waits. */
  readonly highWater?: number;
}

const LAZY_MS = 5;
const HIGH_WATER = 30_000;

type Settle = (error: Error | null) => void;

export class JournalChannel {
  readonly runId: string | null;
  readonly fence: number;
  /** Called once, when a batch was refused: also one that nobody waits for says that the run is lost. */
  onFailure: ((error: Error) => void) | null = null;
  readonly #writer: JournalWriter;
  #ops: JournalOp[] = [];
  #entries = new Set<JournalEntry>();
  #settles: Settle[] = [];
  /** Set once a batch of this run was refused: everything after it must be, too. */
  #failure: Error | null = null;

  constructor(writer: JournalWriter, runId: string | null, fence: number) {
    this.#writer = writer;
    this.runId = runId;
    this.fence = fence;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  get empty(): boolean {
    return this.#ops.length === 0 && this.#settles.length === 0;
  }

  /** Queues an op that nobody waits for. */
  post(op: JournalOp): void {
    if (this.#failure !== null) return;
    this.#push(op);
    this.#writer.lazily(this);
  }

  /** Queues an op; `settle` is called once it is durable, or with why it never will be. */
  append(op: JournalOp, settle: Settle): void {
    if (this.#failure !== null) {
      settle(this.#failure);
      return;
    }
    this.#push(op);
    this.#settles.push(settle);
    this.#writer.soon(this);
  }

  /** `append` as a promise. */
  write(op: JournalOp): Promise<void> {
    return new Promise((resolve, reject) => {
      this.append(op, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** Resolves when everything queued so far is durable. */
  flush(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#settles.push((error) => (error === null ? resolve() : reject(error)));
      this.#writer.soon(this);
    });
  }

  #push(op: JournalOp): void {
    if (op.op === "entry") {
      if (this.#entries.has(op.entry)) return;
      this.#entries.add(op.entry);
    }
    this.#ops.push(op);
  }

  /** @internal */
  take(): { batch: JournalBatch; settles: Settle[] } {
    const taken = {
      batch: { runId: this.runId, fence: this.fence, ops: this.#ops },
      settles: this.#settles,
    };
    this.#ops = [];
    this.#entries = new Set();
    this.#settles = [];
    return taken;
  }

  /** @internal */
  fail(error: Error): void {
    const first = this.#failure === null;
    this.#failure ??= error;
    const settles = this.#settles;
    this.#ops = [];
    this.#entries = new Set();
    this.#settles = [];
    for (const settle of settles) settle(error);
    if (first) this.onFailure?.(error);
  }
}

export class JournalWriter {
  readonly #store: Store;
  readonly #highWater: number;
  readonly #dirty = new Set<JournalChannel>();
  #queued = 0;
  #immediate: NodeJS.Immediate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #committing: Promise<void> | null = null;
  #drained: (() => void)[] = [];

  constructor(store: Store, options: JournalWriterOptions = {}) {
    this.#store = store;
    this.#highWater = options.highWater ?? HIGH_WATER;
  }

  /** The way into the journal of one run (or, with null, into rows of no run). */
  channel(runId: string | null, fence: number): JournalChannel {
    return new JournalChannel(this, runId, fence);
  }

  /** Resolves when there is room: wait for it before work that will queue more. */
  ready(): Promise<void> | null {
    if (this.#queued < this.#highWater) return null;
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Commits everything queued; resolves when nothing is. */
  async drain(): Promise<void> {
    while (this.#dirty.size > 0 || this.#committing !== null) await this.#flush();
  }

  /** @internal */
  lazily(channel: JournalChannel): void {
    this.#dirty.add(channel);
    this.#queued++;
    if (this.#queued >= this.#highWater && this.#relieve()) return;
    if (this.#immediate === null && this.#timer === null && this.#committing === null) {
      this.#timer = setTimeout(() => void this.#flush(), LAZY_MS);
    }
  }

  /** @internal */
  soon(channel: JournalChannel): void {
    this.#dirty.add(channel);
    this.#queued++;
    if (this.#immediate === null && this.#committing === null) {
      this.#immediate = setImmediate(() => void this.#flush());
    }
  }

  /**
   * A synchronous producer (a loop that logs) leaves no turn for a flush: commit under its feet. Who
   * waits is told in the next turn, since code that is told expects to be the only one that runs.
   */
  #relieve(): boolean {
    if (this.#committing !== null || this.#store.commitSync === undefined) return false;
    const taken = this.#take();
    try {
      const refusals = this.#store.commitSync(taken.map((one) => one.batch));
      this.#settle(taken, refusals, (settles) => void setImmediate(tellAll, settles));
    } catch (error) {
      this.#failAll(taken, error);
    }
    this.#relieved();
    return true;
  }

  #flush(): Promise<void> {
    this.#committing ??= this.#commitAll().finally(() => {
      this.#committing = null;
      // Ops that came between the last look and here.
      const [next] = this.#dirty;
      if (next !== undefined) this.#immediate = setImmediate(() => void this.#flush());
    });
    return this.#committing;
  }

  async #commitAll(): Promise<void> {
    do {
      const taken = this.#take();
      crashPoint("journal.taken");
      try {
        const refusals = await this.#store.commit(taken.map((one) => one.batch));
        crashPoint("journal.committed");
        this.#settle(taken, refusals);
      } catch (error) {
        this.#failAll(taken, error);
      }
      this.#relieved();
      // One turn of the loop between commits, so that what they released can queue together.
      if (this.#dirty.size > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    } while (this.#dirty.size > 0);
  }

  #take(): Taken[] {
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#immediate = null;
    this.#timer = null;
    const taken: Taken[] = [];
    for (const channel of this.#dirty) taken.push({ channel, ...channel.take() });
    this.#dirty.clear();
    this.#queued = 0;
    return taken;
  }

  #settle(taken: readonly Taken[], refusals: readonly BatchRefusal[], tell = tellAll): void {
    const byBatch = new Map(refusals.map((refusal) => [refusal.batch, refusal]));
    for (const { channel, batch, settles } of taken) {
      const refusal = byBatch.get(batch);
      if (refusal === undefined) {
        tell(settles);
        continue;
      }
      const error = refusalError(refusal);
      for (const settle of settles) settle(error);
      channel.fail(error);
    }
  }

  #failAll(taken: readonly Taken[], cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    for (const { channel, settles } of taken) {
      for (const settle of settles) settle(error);
      channel.fail(error);
    }
  }

  #relieved(): void {
    if (this.#queued >= this.#highWater) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resume of waiting) resume();
  }
}

interface Taken {
  readonly channel: JournalChannel;
  readonly batch: JournalBatch;
  readonly settles: readonly Settle[];
}

function tellAll(settles: readonly Settle[]): void {
  for (const settle of settles) settle(null);
}

function refusalError(refusal: BatchRefusal): Error {
  if (refusal.reason === "error") {
    return refusal.error instanceof Error ? refusal.error : new Error(String(refusal.error));
  }
  const { runId, fence } = refusal.batch;
  return new LeaseLostError({
    code: "SEGNO_LEASE_LOST",
    message:
      refusal.fence === null
        ? `Flow run ${runId} was deleted while this process executed it.`
        : `Flow run ${runId} was taken over by another execution (fence ${refusal.fence}, this one has ${fence}).`,
    help: "Nothing this execution wrote after that was stored; let the other one finish.",
    facts: { flowRunId: runId, fence, current: refusal.fence },
  });
}
