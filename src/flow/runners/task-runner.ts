/**
 * Where the bodies of tasks run. The engine keeps retries, timeouts, caching and the journal to
 * itself; a runner only gets one attempt of one task carried out.
 *
 * @example
 * const perRow: TaskRunner = { name: "inline", run: (job) => job.invoke() };
 */
export interface TaskRunner {
  readonly name: string;
  /** Carries out one attempt; its promise settles as the body does. */
  run(job: TaskJob): unknown;
  /** Frees threads and the like. The runner may be used again after. */
  close?(): Promise<void>;
}

/** One attempt of one task, as a runner gets it. */
export interface TaskJob {
  readonly taskName: string;
  readonly args: readonly unknown[];
  /** Aborted on cancellation and timeout. */
  readonly signal: AbortSignal;
  /** True for a call made in the body of another task: it must not wait for that task's slot. */
  readonly nested: boolean;
  /** The body, in this process and in its context. Calling it tells that the attempt began. */
  invoke(): unknown;
  /** Tells that the attempt began, elsewhere: the task run is Running, and its timeout counts. */
  readonly onStart: () => void;
  /** The file that defined the task, for runners that load it elsewhere; null when unknown. */
  readonly definedIn: string | null;
  /** What the body said of its progress, from elsewhere. */
  readonly onHeartbeat: (details: unknown) => void;
  readonly lastHeartbeat: unknown;
  readonly onLog: (level: number, message: string) => void;
}
