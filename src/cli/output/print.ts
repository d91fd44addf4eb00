/** One line to stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** One line to stderr: what is said about the work, and is not its outcome. */
export function note(line = ""): void {
  process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** One value a line, for streams that have no end yet. */
export function printJsonLine(value: unknown): void {
  print(JSON.stringify(value));
}

/** A reader that has seen enough (`| head`) closes the pipe; that is not an error. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      throw error;
    });
  }
}

/** Names and messages come from outside; a control character in one must not move the cursor. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for.
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, " ");
}
