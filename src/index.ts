import { watchSignals } from "./flow/process-signals.ts";

watchSignals();

export * from "./flow/index.ts";
export type { Duration } from "./core/duration.ts";
export { exponential, type ExponentialBackoff, type RetryDelay } from "./core/retry.ts";
export { ERROR_CATALOGUE, type CatalogueEntry } from "./core/error-catalogue.ts";
export {
  CancelledError,
  LeaseLostError,
  NonRetryable,
  RefusedError,
  ReplayError,
  SegnoError,
  StoppedError,
  StoreError,
  TimedOutError,
} from "./core/errors.ts";
export { RetryAfter } from "./core/retry-after-error.ts";
export { registerSerializer, type Serializer } from "./store/results/serializers.ts";
