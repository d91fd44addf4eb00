/**
 * The arithmetic of a limit whose slots come back with time: a bucket that leaks.
 *
 * Times are µs since the epoch. Several processes read their clocks before they get the write lock,
 * so a `now` may lie a little before the last one that the bucket saw; time then stands still for it.
 */
export interface Bucket {
  readonly activeSlots: number;
  /** When `activeSlots` was true. */
  readonly decayedAt: number;
  readonly slotDecayPerSecond: number;
}

const MICROSECONDS = 1_000_000;

/** The slots in use at `now`. */
export function levelAt(bucket: Bucket, now: number): number {
  const elapsed = Math.max(0, now - bucket.decayedAt);
  return Math.max(0, bucket.activeSlots - (elapsed * bucket.slotDecayPerSecond) / MICROSECONDS);
}

/**
 * What a release may give back of slots that were decaying all along.
 *
 * All the decay since they were taken is charged to them, although other holders had a share in it:
 * the bucket must not give one slot back twice, once by time and once by the release.
 */
export function undecayed(
  slots: number,
  acquiredAt: number,
  slotDecayPerSecond: number,
  now: number,
): number {
  const elapsed = Math.max(0, now - acquiredAt);
  return Math.max(0, slots - (elapsed * slotDecayPerSecond) / MICROSECONDS);
}

/** How long (ms, at least 1) until the bucket has room, if nobody else takes it. */
export function msUntilRoom(level: number, slots: number, limit: number, slotDecayPerSecond: number): number {
  return Math.max(1, Math.ceil(((level + slots - limit) / slotDecayPerSecond) * 1000));
}
