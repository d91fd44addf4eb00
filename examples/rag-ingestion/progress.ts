/** What the screen shows of one task: how many of its runs there are, and how far they are. */
export interface TaskProgress {
  name: string;
  count: number;
  done: number;
}

const BAR_WIDTH = 28;

/** One line a task: `embed-chunks   ██████████░░░░░░░░  21/64  2 running`. */
export function progressLines(tasks: readonly TaskProgress[]): string[] {
  const width = Math.max(0, ...tasks.map((task) => task.name.length));
  return tasks.map(({ name, count, done }) => {
    const filled = count === 0 ? 0 : Math.round((BAR_WIDTH * done) / count);
    const bar = "█".repeat(filled).padEnd(BAR_WIDTH, "░");
    return `  ${name.padEnd(width)}  ${bar}  ${String(done).padStart(3)}/${count}`;
  });
}

/** The same in one line, for a log: `embed-chunks 21/64, upsert-chunks 20/64`. */
export function progressLine(tasks: readonly TaskProgress[]): string {
  return tasks.map(({ name, count, done }) => `${name} ${done}/${count}`).join(", ");
}

export interface Progress {
  update(tasks: readonly TaskProgress[]): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** On a terminal, lines that are drawn again in place; elsewhere, a plain line every few seconds. */
export function createProgress(out: NodeJS.WriteStream = process.stdout): Progress {
  return out.isTTY ? drawnProgress(out) : writtenProgress(out);
}

function drawnProgress(out: NodeJS.WriteStream): Progress {
  let drawn = 0;
  return {
    update: (tasks) => {
      const lines = progressLines(tasks).map((line) => `\r\x1b[2K${line.slice(0, out.columns)}\n`);
      const up = drawn > 0 ? `\x1b[${drawn}A` : "";
      // One write: a terminal never shows half of it, and a kill never leaves half of it.
      out.write(up + lines.join(""));
      drawn = lines.length;
    },
    end: () => {},
  };
}

const SECONDS_BETWEEN_LINES = 3;

function writtenProgress(out: NodeJS.WriteStream): Progress {
  const startedAt = Date.now();
  let writtenAt = startedAt;
  let last = "";
  let written = "";
  const write = (): void => {
    if (last === written) return;
    out.write(`  ${String(Math.round((Date.now() - startedAt) / 1000)).padStart(3)} s  ${last}\n`);
    written = last;
  };
  return {
    update: (tasks) => {
      last = progressLine(tasks);
      if (Date.now() - writtenAt < SECONDS_BETWEEN_LINES * 1000) return;
      writtenAt = Date.now();
      write();
    },
    end: write,
  };
}
