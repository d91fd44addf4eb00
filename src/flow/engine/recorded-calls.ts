import { KeyedReader } from "./replay-reader.ts";
import type { RecordedCalls } from "./scope.ts";
import type { Session } from "./session.ts";

/**
 * What an earlier attempt at an entry's body had its own tasks do: they are not done again.
 *
 * @param scope the entry's id.
 */
export async function recordedCalls(session: Session, scope: string): Promise<RecordedCalls | null> {
  if (session.flowRunId === null) return null;
  await session.channel.flush();
  return new KeyedReader(session.control, session.flowRunId, scope).readAll();
}
