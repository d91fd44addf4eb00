import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Small programs in plain JavaScript, as a user's would be after a build: no loader weighs on them. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
}

/** The built command. */
export const COMMAND = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

export interface Spawned {
  /** From the start of the process to its end, ms. */
  readonly ms: number;
  readonly output: string;
}

/** Runs a file in a fresh Node, without what this process was started with. */
export function spawnNode(file: string, args: readonly string[], home: string): Promise<Spawned> {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  const env = { ...rest, SEGNO_HOME: home };
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const ms = performance.now() - started;
      if (code === 0 || signal === "SIGKILL") resolve({ ms, output });
      else reject(new Error(`${file} ended with ${code ?? signal}:\n${errors}${output}`));
    });
  });
}
