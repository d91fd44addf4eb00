import { fork } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Figure } from "./figure.ts";
import type { MeasurementName } from "./measurement.ts";
import type { Message } from "./worker.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

export interface Section {
  readonly name: MeasurementName;
  readonly title: string;
  readonly figures: readonly Figure[];
}

export interface Where {
  /** A folder on the disk under test. */
  readonly disk: string;
  readonly quick: boolean;
  readonly progress: (what: string) => void;
}

/** Measures in a process of its own, with a fresh store that is removed afterwards. */
export async function inOwnProcess(name: MeasurementName, where: Where): Promise<Section> {
  await mkdir(where.disk, { recursive: true });
  const folder = await mkdtemp(join(where.disk, "segno-bench-"));
  try {
    return await measured(name, folder, where);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function measured(name: MeasurementName, folder: string, where: Where): Promise<Section> {
  const child = fork(WORKER, [name, folder, ...(where.quick ? ["quick"] : [])], {
    // Logs go nowhere: the lines of runs are written to a terminal otherwise.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, SEGNO_HOME: folder },
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
  return new Promise((resolve, reject) => {
    let section: Section | null = null;
    child.on("message", (message: Message) => {
      if ("progress" in message) where.progress(`${name}: ${message.progress}`);
      else section = { name, ...message };
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (section !== null && code === 0) resolve(section);
      else reject(new Error(`the measurement "${name}" ended with ${code ?? signal}:\n${errors}`));
    });
  });
}
