import { type ChildProcess, spawn } from "node:child_process";

export interface ChildLimits {
  /** No file that the process writes may pass so many blocks of 512 bytes. */
  readonly fileBlocks?: number;
}

/** A real process that runs a TypeScript file against the sources. */
export class Child {
  readonly process: ChildProcess;
  /** Resolves when the process ends: its code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  output = "";
  errors = "";

  constructor(
    file: string,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    limits: ChildLimits = {},
  ) {
    const node = [process.execPath, "--conditions=development", "--import", "tsx", file, ...args];
    // A limit can only be set from inside, by a shell that then becomes the process.
    const command =
      limits.fileBlocks === undefined
        ? node
        : ["/bin/sh", "-c", `ulimit -f ${limits.fileBlocks}; exec "$@"`, "sh", ...node];
    const [program = "", ...rest] = command;
    this.process = spawn(program, rest, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
    this.ended = new Promise((resolve, reject) => {
      this.process.once("error", reject);
      this.process.once("close", (code, signal) => resolve(code ?? signal ?? 0));
    });
  }

  /** Resolves once the process has printed the text; rejects when it ends without. */
  async printed(text: string): Promise<void> {
    if (this.output.includes(text)) return;
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (this.output.includes(text)) resolve();
      };
      this.process.stdout?.on("data", look);
      void this.ended.then((how) => {
        look();
        reject(new Error(`ended with ${how} before it printed ${JSON.stringify(text)}:\n${this.errors}`));
      });
    });
  }

  /** Resolves when the process ends well; rejects with what it printed when it does not. */
  async done(): Promise<string> {
    const how = await this.ended;
    if (how !== 0) throw new Error(`ended with ${how}:\n${this.errors}\n${this.output}`);
    return this.output;
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.process.kill(signal);
    await this.ended;
  }
}
