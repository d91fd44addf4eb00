import type { LogLine } from "../../core/run.ts";
import { LEVELS, levelName } from "../../flow/logging/levels.ts";
import type { LogRepository } from "../../store/repositories/repositories.ts";
import { isoTime, clockTime } from "../output/time.ts";
import { out, type Paint } from "../output/style.ts";
import { usageError } from "../usage-error.ts";

/** Python's number of a level's name. */
export function levelNumber(name: string): number {
  const found = Object.entries(LEVELS).find(([known]) => known === name.toLowerCase());
  if (found === undefined) {
    throw usageError(
      `--level is ${JSON.stringify(name)}; expected one of ${Object.keys(LEVELS).join(", ")}.`,
    );
  }
  return found[1];
}

/** `06:12:33.123 | INFO     | message` */
export function showLine(line: LogLine): string {
  return `${out.dim(clockTime(line.at))} | ${levelPaint(line.level)(levelName(line.level).padEnd(8))} | ${line.message}`;
}

export function logJson(line: LogLine): Record<string, unknown> {
  return {
    id: line.id,
    timestamp: isoTime(line.at),
    level: line.level,
    name: line.logger,
    message: line.message,
    flow_run_id: line.flowRunId,
    task_run_id: line.taskRunId,
  };
}

function levelPaint(level: number): Paint {
  if (level >= LEVELS.error) return out.red;
  if (level >= LEVELS.warning) return out.yellow;
  return level >= LEVELS.info ? out.cyan : out.dim;
}

type LogFilter = Parameters<LogRepository["list"]>[0];

const PAGE = 500;

/** Every line there is now, oldest first, page by page. */
export async function* allLines(logs: LogRepository, filter: LogFilter): AsyncGenerator<LogLine> {
  let after: string | null = null;
  do {
    const page: { readonly rows: readonly LogLine[]; readonly cursor: string | null } = await logs.list(
      filter,
      { limit: PAGE, after },
    );
    yield* page.rows;
    after = page.cursor;
  } while (after !== null);
}

/** How far back a look goes again: a line is written a moment after it was made, and not in order between processes. */
const OVERLAP_MS = 5000;

/** Follows the lines of a run: each call answers those that came since the last one. */
export class LogTail {
  readonly #logs: LogRepository;
  readonly #filter: LogFilter;
  /** Ids of the lines made in the overlap, which will be read again. */
  #recent = new Map<string, number>();
  #newest = 0;

  constructor(logs: LogRepository, filter: LogFilter) {
    this.#logs = logs;
    this.#filter = filter;
  }

  async next(): Promise<readonly LogLine[]> {
    const fresh: LogLine[] = [];
    let after: string | null = this.#newest === 0 ? null : firstIdAt(this.#newest - OVERLAP_MS);
    do {
      const page: { readonly rows: readonly LogLine[]; readonly cursor: string | null } =
        await this.#logs.list(this.#filter, {
          limit: PAGE,
          after,
        });
      for (const line of page.rows) if (!this.#recent.has(line.id)) fresh.push(line);
      after = page.cursor;
    } while (after !== null);
    for (const line of fresh) {
      const ms = idTime(line.id);
      this.#recent.set(line.id, ms);
      this.#newest = Math.max(this.#newest, ms);
    }
    for (const [id, ms] of this.#recent) if (ms < this.#newest - OVERLAP_MS) this.#recent.delete(id);
    return fresh;
  }
}

/** The ms since the epoch that a UUIDv7 begins with. */
function idTime(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16) || 0;
}

/** The smallest UUIDv7 of a ms. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
