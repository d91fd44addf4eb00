import { newId, nowMicros } from "../client/time.ts";
import { RefusedError } from "../core/errors.ts";
import type { EventRecord } from "../core/run.ts";
import { showValue } from "../core/value-kind.ts";
import type { JournalOp } from "../store/store.ts";
import { writeRow } from "./body-call.ts";
import type { Frame } from "./context.ts";
import { toJson } from "./to-json.ts";

/** Labels by name; `prefect.resource.id` says which resource it is. */
export type ResourceLabels = Readonly<Record<string, string>>;

/** What {@link emitEvent} takes. */
export interface EmittedEvent {
  /** What happened, as dotted words: `invoice.paid`. */
  readonly event: string;
  /** What it happened to: an id, or labels among which `prefect.resource.id` is. */
  readonly resource: string | ResourceLabels;
  /** What else it concerns; each has a `prefect.resource.role`, too. The run it is emitted in is added. */
  readonly related?: readonly ResourceLabels[];
  /** Any JSON. */
  readonly payload?: unknown;
  /** The id of the event that this one came of. */
  readonly follows?: string;
}

const MOST_NAME = 1024;
const MOST_LABELS = 500;
const MOST_RELATED = 100;
const MOST_BYTES = 1_500_000;

const ID = "prefect.resource.id";
const ROLE = "prefect.resource.role";
const NAME = "prefect.resource.name";

/**
 * Says that something happened. In a flow's body exactly once, whatever crashes.
 *
 * @returns the event's id.
 * @throws RefusedError `SEGNO_INVALID_EVENT` for a missing or overlong name, more than 500 labels or 100
 * related resources, or more than 1.5 MB.
 * @example
 * await emitEvent({ event: "invoice.paid", resource: `invoice.${id}`, payload: { amount } });
 */
export async function emitEvent(event: EmittedEvent): Promise<string> {
  const checked = check(event);
  const make = (id: string, frame: Frame | undefined): JournalOp => {
    const related = [...checked.related, ...runsOf(frame)].slice(0, MOST_RELATED);
    const record: EventRecord = { ...checked, id, related, occurred: nowMicros() };
    return { op: "event", event: record };
  };
  return writeRow("emit-event", make, newId);
}

function check(given: EmittedEvent): Omit<EventRecord, "id" | "occurred"> {
  if (typeof given !== "object" || given === null)
    throw invalid(`emitEvent() takes an object; got ${showValue(given)}`);
  const { event, related = [], follows } = given;
  if (typeof event !== "string" || event === "")
    throw invalid(`\`event\`, its name, must be text; got ${showValue(event)}`);
  if (event.length > MOST_NAME)
    throw invalid(`its name has ${event.length} characters; at most ${MOST_NAME} are kept`);
  const resource = typeof given.resource === "string" ? { [ID]: given.resource } : given.resource;
  checkLabels(resource, "resource", [ID]);
  if (!Array.isArray(related))
    throw invalid(`\`related\` must be an array of labels; got ${showValue(related)}`);
  if (related.length > MOST_RELATED) {
    throw invalid(`it has ${related.length} related resources; at most ${MOST_RELATED} are kept`);
  }
  for (const [index, labels] of related.entries()) checkLabels(labels, `related[${index}]`, [ID, ROLE]);
  if (follows !== undefined && typeof follows !== "string")
    throw invalid(`\`follows\` must be the id of an event; got ${showValue(follows)}`);
  const payload = given.payload === undefined ? {} : toJson(given.payload, "The payload of an event");
  const record = {
    event,
    resource: { ...resource },
    related: related.map((labels: ResourceLabels) => ({ ...labels })),
    payload,
  };
  const size = Buffer.byteLength(JSON.stringify(record));
  if (size > MOST_BYTES) throw invalid(`it takes ${size} bytes; at most ${MOST_BYTES} are kept`);
  return { ...record, follows: follows ?? null };
}

function checkLabels(labels: unknown, what: string, needed: readonly string[]): void {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    throw invalid(`\`${what}\` must be labels by name, with "${ID}" among them; got ${showValue(labels)}`);
  }
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS)
    throw invalid(`\`${what}\` has ${entries.length} labels; at most ${MOST_LABELS} are kept`);
  const odd = entries.find(([, value]) => typeof value !== "string");
  if (odd !== undefined)
    throw invalid(`the label "${odd[0]}" of \`${what}\` is ${typeof odd[1]}; labels are text`);
  const missing = needed.find((name) => !entries.some(([key, value]) => key === name && value !== ""));
  if (missing !== undefined) throw invalid(`\`${what}\` has no label "${missing}"`);
}

/** The run that an event is emitted in, so that it is found from there. */
function runsOf(frame: Frame | undefined): ResourceLabels[] {
  const related: ResourceLabels[] = [];
  if (frame === undefined) return related;
  const { flow, task, session } = frame;
  if (session.flowRunId !== null && flow !== null) {
    related.push({
      [ID]: `prefect.flow-run.${session.flowRunId}`,
      [ROLE]: "flow-run",
      [NAME]: flow.run.name,
    });
  }
  if (task !== null) {
    related.push({ [ID]: `prefect.task-run.${task.entry.id}`, [ROLE]: "task-run", [NAME]: task.entry.name });
  }
  return related;
}

function invalid(message: string): RefusedError {
  return new RefusedError({
    code: "SEGNO_INVALID_EVENT",
    message: `An event was refused: ${message}.`,
    help: 'Write emitEvent({ event: "invoice.paid", resource: "invoice.7", payload: { … } }).',
  });
}
