import type { JournalOp } from "../../store/store.ts";
import type { EntryKind, JournalEntry, StoredValue } from "../../core/run.ts";
import type { StateName } from "../../core/state.ts";

/** A durable call: what it is known by, and how it is carried out when the journal has no outcome. */
export interface CallSpec {
  readonly kind: EntryKind;
  readonly name: string;
  readonly taskKey: string;
  /** The caller's own identity for the call, instead of its count. */
  readonly key?: string | undefined;
  readonly tags: readonly string[];
  /** Carries the call out. Never throws for what the call did; a throw stops the run. */
  execute(live: LiveCall): Promise<Outcome>;
  /** The value is something held, which goes with the attempt: a later one gets it anew, in its own time. */
  readonly perishable?: boolean;
  /** Makes the value that the code sees of a recorded entry that completed. */
  revive?(entry: JournalEntry): unknown;
}

/** A call being carried out. */
export interface LiveCall {
  readonly entry: JournalEntry;
  /** True when an earlier execution began the call and did not finish it. */
  readonly resumed: boolean;
  /** Writes the entry as it stands, without waiting. */
  post(): void;
}

/** How a call ended. */
export type Outcome =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Null: there is no value, or (with the message {@link NOT_KEPT}) it is not kept and a resumed run makes it again. */
      readonly stored: StoredValue | null;
      readonly stateName?: StateName;
      readonly message?: string;
      /** Written in the same transaction as the entry's end. */
      readonly ops?: readonly JournalOp[];
      /** Called once the end is durable; the flow does not wait for it, but its end does. */
      readonly after?: (() => Promise<void>) | undefined;
    }
  | {
      readonly ok: false;
      readonly error: unknown;
      readonly stateType: "FAILED" | "CANCELLED" | "CRASHED";
      readonly stateName?: StateName;
      readonly ops?: readonly JournalOp[];
      readonly after?: (() => Promise<void>) | undefined;
    };

/** The message of a Completed state whose value was not kept. */
export const NOT_KEPT = "Result not persisted";
