import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";

/**
 * Writes down each call of the model, in a file that Segno knows nothing of: what the crash demo counts
 * is what happened, not what a journal says happened.
 */
export function logCall(what: string, subject: string): void {
  const file = process.env.RAG_CALL_LOG;
  if (!file) return;
  appendFileSync(file, `${process.pid} ${what} ${keyOf(subject)}\n`);
}

/** What a subject is called in the log. */
export function keyOf(subject: string): string {
  return createHash("sha256").update(subject).digest("hex").slice(0, 12);
}

export interface LoggedCall {
  pid: number;
  what: string;
  key: string;
}

export function readCalls(file: string): LoggedCall[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [pid, what = "", key = ""] = line.split(" ");
    return { pid: Number(pid), what, key };
  });
}
