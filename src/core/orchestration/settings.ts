/** Numbers that an administrator may change. Durations are µs. */
export interface OrchestrationSettings {
  /** How long a run that found its deployment full stays scheduled before it asks again. */
  readonly deploymentSlotWait: number;
  /** The longest that a task is told to wait for a slot of its tags' limits. */
  readonly tagSlotWait: number;
  /** Characters. */
  readonly maxCacheKeyLength: number;
}

export const SECOND = 1_000_000;

export const DEFAULT_SETTINGS: OrchestrationSettings = {
  deploymentSlotWait: 30 * SECOND,
  tagSlotWait: 10 * SECOND,
  maxCacheKeyLength: 2000,
};
