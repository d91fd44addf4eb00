import type { FlowRow, FlowRun, JournalEntry } from "../core/run.ts";
import { type JournalChannel, JournalWriter } from "../store/journal-writer.ts";
import { localFolder } from "../store/results/local-folder.ts";
import type { ResultStorage } from "../store/results/result-storage.ts";
import type { ClaimAnswer, EntryPage, NewFlowRun, Store } from "../store/store.ts";
import type { Control, JournalHead } from "./control.ts";
import { mayBeAlive, thisProcess } from "./process-identity.ts";
import type { Settings } from "./settings/table.ts";
import { newId, nowMicros } from "./time.ts";

/** How often an executor says that it lives, and looks for requests to cancel; ms. */
const BEAT_MS = 1000;

/** µs that slots and locks outlive their last renewal: long, since a dead process is noticed otherwise. */
const SLOT_LEASE = 300_000_000;

/**
 * The control plane in this process, over the embedded store.
 *
 * Opening it looks for processes that died since (their runs become Crashed, ready to be resumed);
 * the process registers as an executor when it first executes something, not when it only reads.
 */
export class EmbeddedControl implements Control {
  readonly settings: Settings;
  readonly executorId = newId();
  readonly results: ResultStorage;
  readonly uiUrl = null;
  readonly #store: Store;
  readonly #writer: JournalWriter;
  readonly #listeners = new Set<(flowRunId: string) => void>();
  #registered: Promise<void> | null = null;
  #beat: NodeJS.Timeout | null = null;
  #holds = 0;

  private constructor(settings: Settings, store: Store) {
    this.settings = settings;
    this.#store = store;
    this.#writer = new JournalWriter(store);
    this.results = localFolder(settings.results.path);
  }

  static async open(settings: Settings): Promise<EmbeddedControl> {
    const { SqliteStore } = await import("../store/sqlite/sqlite-store.ts");
    const { path, busyTimeout } = settings.store;
    const store = await SqliteStore.open({ path, busyTimeout });
    await sweep(store);
    return new EmbeddedControl(settings, store);
  }

  get limits() {
    return this.#store.limits;
  }

  get cache() {
    return this.#store.cache;
  }

  get location(): string {
    return this.#store.location;
  }

  repositories() {
    return this.#store.repositories();
  }

  upsertFlow(flow: FlowRow): Promise<FlowRow> {
    return this.#store.upsertFlow(flow);
  }

  async findOrCreateRun(run: NewFlowRun): Promise<{ created: boolean; run: FlowRun }> {
    await this.#register();
    return this.#store.findOrCreateRun(run);
  }

  async claimRun(runId: string, options: { force?: boolean } = {}): Promise<ClaimAnswer> {
    await this.#register();
    await sweep(this.#store);
    const force = options.force === true;
    return this.#store.claimRun({ runId, executorId: this.executorId, force, now: nowMicros() });
  }

  channel(runId: string | null, fence: number): JournalChannel {
    return this.#writer.channel(runId, fence);
  }

  readEntries(page: EntryPage): Promise<readonly JournalEntry[]> {
    return this.#store.readEntries(page);
  }

  journalHead(flowRunId: string, attempt: number): Promise<JournalHead> {
    return this.#store.journalHead(flowRunId, attempt);
  }

  ready(): Promise<void> | null {
    return this.#writer.ready();
  }

  onCancelRequested(listener: (flowRunId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async hold(): Promise<() => void> {
    this.#holds++;
    await this.#register();
    let held = true;
    return () => {
      if (held) this.#holds--;
      held = false;
    };
  }

  buryDead(): Promise<void> {
    return sweep(this.#store);
  }

  drain(): Promise<void> {
    return this.#writer.drain();
  }

  async close(): Promise<void> {
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
    await this.#writer.drain();
    if (this.#registered !== null) {
      await this.#registered;
      await this.#store.endExecutor(this.executorId, nowMicros());
    }
    await this.#store.close();
  }

  #register(): Promise<void> {
    this.#registered ??= this.#store
      .registerExecutor({
        id: this.executorId,
        ...thisProcess(),
        startedAt: nowMicros(),
        expiresAt: this.#leaseEnd(),
        endedAt: null,
      })
      .then(() => {
        this.#beat = setInterval(() => void this.#beatOnce(), BEAT_MS);
        this.#beat.unref();
      });
    return this.#registered;
  }

  #leaseEnd(): number {
    return nowMicros() + this.settings.runner.lease * 1000;
  }

  async #beatOnce(): Promise<void> {
    if (this.#holds === 0) return;
    try {
      const now = nowMicros();
      const cancelled = await this.#store.beatExecutor(this.executorId, this.#leaseEnd());
      await this.#store.limits.renewAll(this.executorId, now, now + SLOT_LEASE);
      await this.#store.cache.renewLocks(this.executorId, now + SLOT_LEASE);
      for (const id of cancelled) for (const listener of this.#listeners) listener(id);
    } catch {
      // A beat that fails is followed by another; the lease outlives several.
    }
  }
}

/** Marks what dead processes left: their runs Crashed, their slots and locks free. */
async function sweep(store: Store): Promise<void> {
  const now = nowMicros();
  for (const executor of await store.liveExecutors()) {
    if (mayBeAlive(executor, now)) continue;
    await store.crashRunsOf(executor.id, now, `Process ${executor.pid} on ${executor.hostname} died.`);
  }
}
