import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newFolder } from "../../support/folder.ts";
import type { FlowName } from "../program/flows.ts";
import { type Execution, readWitness } from "./witness.ts";

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

const LONGEST_MS = 30_000;

/** One store, and the processes that work on its runs, one after another. */
export class Trial {
  readonly home = newFolder("crash-");
  readonly log = join(this.home, "witness.jsonl");
  readonly flows: readonly FlowName[];
  /** For messages: what was done to the processes, and how they took it. */
  readonly story: string[] = [];
  readonly #program: string;

  constructor(program: string, ...flows: FlowName[]) {
    this.#program = program;
    this.flows = flows;
  }

  /** Starts a process that goes on with the flows, or does what other arguments say. */
  start(env: NodeJS.ProcessEnv = {}, args: readonly string[] = this.flows): TrialProcess {
    const own = { SEGNO_HOME: this.home, SEGNO_CRASH_LOG: this.log, SEGNO_CRASH_AT: "", ...env };
    return new TrialProcess(this.#program, args, { ...process.env, ...own }, this.story);
  }

  /** Starts a process that dies at a named point; answers whether it came there. */
  async crashAt(point: string): Promise<boolean> {
    const ending = await this.start({ SEGNO_CRASH_AT: point }).ended;
    this.story.push(`crash at ${point}: ${ending}`);
    if (ending !== "SIGKILL" && ending !== 0) throw this.failure(`the process ended with ${ending}`);
    return ending === "SIGKILL";
  }

  /** Starts a process and lets it come to the end. */
  async complete(): Promise<void> {
    const child = this.start();
    const ending = await child.ended;
    this.story.push(`left alone: ${ending}`);
    if (ending !== 0) throw this.failure(`the last process ended with ${ending}:\n${child.errors}`);
  }

  executions(): Execution[] {
    return readWitness(this.log);
  }

  /** An error that tells the story, and keeps what the processes left for whoever looks into it. */
  failure(what: string): Error {
    const kept = mkdtempSync(join(tmpdir(), "segno-crash-kept-"));
    cpSync(this.home, kept, { recursive: true });
    return new Error(`${this.flows.join(", ")}: ${what}\n  kept in ${kept}\n  ${this.story.join("\n  ")}`);
  }
}

const running = new Set<ChildProcess>();

/** For after a test that failed: a process that it had stopped would stay for ever. */
export function killLeftovers(): void {
  for (const process of running) process.kill("SIGKILL");
}

export class TrialProcess {
  readonly process: ChildProcess;
  readonly ended: Promise<Ending>;
  errors = "";
  output = "";

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv, story: string[]) {
    this.process = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
    // A process that hangs is a finding: its report must name the trial and not only time out.
    const late = setTimeout(() => {
      story.push(`hung: still running after ${LONGEST_MS} ms, so it was killed`);
      this.process.kill("SIGABRT");
    }, LONGEST_MS);
    running.add(this.process);
    this.ended = new Promise((resolve, reject) => {
      this.process.once("error", reject);
      this.process.once("close", (code, signal) => {
        clearTimeout(late);
        running.delete(this.process);
        resolve(code ?? signal ?? 0);
      });
    });
  }

  /** Resolves once the process has printed the text, or has ended. */
  async printed(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.output.includes(text)) resolve();
      };
      this.process.stdout?.on("data", look);
      void this.ended.then(() => resolve());
      look();
    });
  }
}
