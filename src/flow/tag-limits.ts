import type { JournalEntry } from "../core/run.ts";
import type { Frame } from "./context.ts";
import type { LiveCall } from "./engine/call.ts";
import { mark } from "./engine/entry.ts";
import { engineLog } from "./logging/log.ts";
import { deskOf } from "./slots/desk.ts";
import { takeSlots } from "./slots/take.ts";

/** Slots of the limits of a task run's tags. */
export interface TagSlots {
  release(): Promise<void>;
}

/** Renewed all the while; as long as this a process may be stopped without losing its slots. */
const LEASE_MS = 300_000;

const NO_SLOTS: TagSlots = { release: () => Promise.resolve() };

/** By the entry of a task run: the tags that it or a task around it has slots of. */
const heldTags = new WeakMap<JournalEntry, ReadonlySet<string>>();

/**
 * Takes a slot of each limit `tag:<tag>` that there is for a task run's tags: all of them or none,
 * waiting for as long as it takes.
 *
 * A task called by a task has the caller's tags, too; it runs under the caller's slots, because to
 * wait for them would be to wait for itself.
 */
export async function takeTagSlots(frame: Frame, entry: JournalEntry, live: LiveCall): Promise<TagSlots> {
  const { control } = frame.session;
  const limited = await deskOf(control).limitedTags();
  const outer = frame.task === null ? undefined : heldTags.get(frame.task.entry);
  const wanted = entry.tags.filter((tag) => limited.has(tag) && outer?.has(tag) !== true);
  if (outer !== undefined || wanted.length > 0) heldTags.set(entry, new Set([...(outer ?? []), ...wanted]));
  if (wanted.length === 0) return NO_SLOTS;
  return takeSlots(control, {
    names: wanted.map((tag) => `tag:${tag}`),
    slots: 1,
    strict: false,
    leaseMs: LEASE_MS,
    holder: { type: "task_run", id: entry.id },
    signal: frame.signal,
    onWait: (blockedBy) => {
      mark(entry, "PENDING", "AwaitingConcurrencySlot", `Waiting for a slot of ${JSON.stringify(blockedBy)}`);
      live.post();
    },
    onLost: () =>
      engineLog(frame, 30, `The slots of ${wanted.join(", ")} were lost: the process was stopped too long.`),
  });
}
