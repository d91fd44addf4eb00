/** The SDK's public surface: what `segno` exports, and what the rooms above may use. */
export { allowFailure, quote, unmapped } from "./annotations.ts";
export {
  type ArtifactOptions,
  createImageArtifact,
  createLinkArtifact,
  createMarkdownArtifact,
  createProgressArtifact,
  createTableArtifact,
  getArtifact,
  updateProgressArtifact,
} from "./artifacts/artifacts.ts";
export type { Table, TableRow } from "./artifacts/data.ts";
export {
  type CacheConfiguration,
  type CacheContext,
  type CacheIsolation,
  type CacheKeyFunction,
  type CachePolicy,
  cachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NO_CACHE,
  NONE,
  RUN_ID,
  TASK_SOURCE,
} from "./caching/policy.ts";
export { concurrency } from "./concurrency.ts";
export { deleteConcurrencyLimit, getConcurrencyLimit, setConcurrencyLimit } from "./concurrency-limits.ts";
export { type Client, getClient } from "./client.ts";
export { closeSegno } from "./control.ts";
export { type FlowRunContext, getRunContext, type RunContext, tags, type TaskRunContext } from "./context.ts";
export { type EmittedEvent, emitEvent, type ResourceLabels } from "./events.ts";
export { type Flow, flow, type RunOptions } from "./flow.ts";
export {
  asCompleted,
  type EndedTask,
  type FutureList,
  type FutureState,
  isFuture,
  type TaskFuture,
  wait,
} from "./future.ts";
export { isMain } from "./is-main.ts";
export type { FlowHook, FlowOptions, TaskHook, TaskOptions, TransactionHook } from "./options.ts";
export { heartbeat, lastHeartbeat } from "./heartbeat.ts";
export { getRunLogger, type LogFacts, type RunLogger } from "./logging/logger.ts";
export { rateLimit } from "./rate-limit.ts";
export { clock, patched, random, sleep, uuid } from "./recorded.ts";
export { type ResumeOptions, resumeFlowRun } from "./resume.ts";
export { concurrent } from "./runners/in-process.ts";
export type { TaskJob, TaskRunner } from "./runners/task-runner.ts";
export { threads, type ThreadsOptions } from "./runners/threads.ts";
export { runtime } from "./runtime.ts";
export type { ConcurrencyOptions, RateOptions } from "./slots/wanted.ts";
export { step } from "./step.ts";
export { type Task, task } from "./task.ts";
export type { Accept } from "./accept.ts";
export {
  type CommitMode,
  getTransaction,
  transaction,
  type TransactionOptions,
  type TransactionState,
  type TransactionView,
} from "./transaction.ts";
export { type SetVariableOptions, variables } from "./variables.ts";
