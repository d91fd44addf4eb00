import type { MessagePort } from "node:worker_threads";
import type { Settings } from "../../client/settings/table.ts";
import type { FlowRun, JournalEntry, LogLine } from "../../core/run.ts";

/**
 * What goes between a run's thread and the worker thread that carries out one attempt of one task.
 * The store stays with the run's thread: a worker asks it for what it may not do itself.
 */
export interface ThreadJob {
  readonly taskName: string;
  /** The file that defines the task. */
  readonly file: string;
  readonly args: readonly unknown[];
  readonly port: MessagePort;
  readonly context: ThreadContext;
}

/** What the worker must know of the run. */
export interface ThreadContext {
  readonly settings: Settings;
  readonly executorId: string;
  readonly location: string;
  readonly flowRunId: string | null;
  /** Without its parameters: they may be large, or not cloneable. */
  readonly run: FlowRun | null;
  readonly attempt: number;
  readonly entry: JournalEntry;
  readonly tags: readonly string[];
  readonly logPrints: boolean;
}

export type FromWorker =
  /** The task's own code begins. */
  | { readonly type: "start" }
  | { readonly type: "log"; readonly line: LogLine }
  /** Encoded as the entry keeps it. */
  | { readonly type: "beat"; readonly details: string }
  | { readonly type: "ask"; readonly id: number; readonly of: Question; readonly args: readonly unknown[] }
  | { readonly type: "done"; readonly value: unknown }
  /** `error`: recorded. */
  | { readonly type: "failed"; readonly error: string };

export type ToWorker =
  | { readonly type: "abort"; readonly reason: string }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly error: string };

/** What a worker may ask of the control plane. */
export const QUESTIONS = {
  limits: ["get", "list", "upsert", "delete", "leases", "acquire", "renew", "release", "admit"],
  variables: ["get", "set", "unset"],
  artifacts: ["get", "history", "update"],
  control: ["buryDead"],
  journal: ["write"],
} as const;

export type QuestionRoom = keyof typeof QUESTIONS;
export type Question = readonly [room: QuestionRoom, method: string];
